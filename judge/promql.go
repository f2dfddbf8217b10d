//go:build !k132

package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
)

// grammar is Prometheus' own, with nothing that is switched off by default.
var grammar = parser.NewParser(parser.Options{})

// engine is Prometheus' own. What an expression takes is bounded, because a subquery can have a million steps.
var engine = sync.OnceValue(func() *promql.Engine {
	return promql.NewEngine(promql.EngineOpts{Logger: promslog.NewNopLogger(), MaxSamples: 10_000, Timeout: 200 * time.Millisecond,
		EnableAtModifier: true, EnableNegativeOffset: true, Parser: grammar})
})

// nothing is a storage without series: what is refused over it is refused over any data.
var nothing = storage.QueryableFunc(func(int64, int64) (storage.Querier, error) { return storage.NoopQuerier(), nil })

// parsedRules reads a rule file as Prometheus does, and evaluates the expressions that have the right types once: an
// invalid regular expression or label name shows only then.
func parsedRules(text []byte) []error {
	groups, problems := rulefmt.Parse(text, false, model.UTF8Validation, grammar, promslog.NewNopLogger())
	if len(problems) > 0 {
		return problems
	}
	for _, group := range groups.Groups {
		for i, rule := range group.Rules {
			if err := evaluated(rule.Expr); err != nil {
				problems = append(problems, fmt.Errorf("group %q, rule %d, %q: %w", group.Name, i+1, rule.Record+rule.Alert, err))
			}
		}
	}
	return problems
}

func evaluated(expression string) error {
	ctx := context.Background()
	query, err := engine().NewInstantQuery(ctx, nothing, nil, expression, time.Unix(0, 0))
	if err != nil {
		return err
	}
	defer query.Close()
	err = query.Exec(ctx).Err
	if timeout, many := promql.ErrQueryTimeout(""), promql.ErrTooManySamples(""); errors.As(err, &timeout) || errors.As(err, &many) {
		return nil
	}
	return err
}
