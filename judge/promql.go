//go:build !k132

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"go.yaml.in/yaml/v3"
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
	groups, isRight := loaded(text)
	if !isRight {
		read, problems := rulefmt.Parse(text, false, model.UTF8Validation, grammar, promslog.NewNopLogger())
		if len(problems) > 0 {
			return problems
		}
		groups = *read
	}
	var problems []error
	for _, group := range groups.Groups {
		for i, rule := range group.Rules {
			if err := evaluated(rule.Expr); err != nil {
				problems = append(problems, fmt.Errorf("group %q, rule %d, %q: %w", group.Name, i+1, rule.Record+rule.Alert, err))
			}
		}
	}
	return problems
}

// loaded reads a rule file once, where rulefmt.Parse reads it twice to tell lines, and says whether nothing is wrong with it for certain.
func loaded(text []byte) (rulefmt.RuleGroups, bool) {
	groups, names := rulefmt.RuleGroups{}, map[string]bool{}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if decoder.Decode(&groups) != nil {
		return groups, false
	}
	for _, group := range groups.Groups {
		if group.Name == "" || names[group.Name] || len(group.Labels) > 0 {
			return groups, false
		}
		names[group.Name] = true
		for _, rule := range group.Rules {
			if rule.Alert != "" {
				rule.Labels, rule.Annotations = withTemplates(rule.Labels), withTemplates(rule.Annotations)
			}
			if len(rule.Validate(rulefmt.RuleNode{}, model.UTF8Validation, grammar)) > 0 {
				return groups, false
			}
		}
	}
	return groups, true
}

var aWord = regexp.MustCompile(`^[a-z]\w*$`)

// withTemplates leaves out what cannot be wrong: a plain name with a text in which no template begins. Prometheus tries each
// text as a template with all functions, which takes longer than all else that it does with a rule.
func withTemplates(texts map[string]string) map[string]string {
	left := maps.Clone(texts)
	maps.DeleteFunc(left, func(name, text string) bool {
		return aWord.MatchString(name) && !strings.Contains(text, "{{") && model.LabelValue(text).IsValid()
	})
	return left
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
