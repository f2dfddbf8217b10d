//go:build !k132

package main

import (
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/model/rulefmt"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

func carrying(kind, field, key string, value any) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": kind, field: map[string]any{key: value}}}
}

// expectText wants this message first, or nothing where it is empty.
func expectText(t *testing.T, object *unstructured.Unstructured, text, want string) {
	t.Helper()
	found := texts(object)
	if want == "" && len(found) > 0 || want != "" && (len(found) == 0 || !strings.Contains(found[0].Message, want)) {
		t.Errorf("%s: %+v, want %q", text, found, want)
	}
}

func TestFindsWhatATextIsByItsFields(t *testing.T) {
	for text, want := range map[string]string{
		"groups: [{name: a, rules: [{record: 'a:b', expr: 'sum(rate(a[5m]))'}]}]":             "",
		"groups: [{name: a, rules: [{record: 'a:b', expr: 'rate(a)'}]}]":                      "expected type range vector",
		`groups: [{name: a, rules: [{alert: B, expr: 'count_values("", a)'}]}]`:               `group "a", rule 1, "B": invalid label name`,
		`groups: [{name: a, rules: [{record: b, expr: 'max_over_time(vector(1)[10y:1s])'}]}]`: "",
		"receivers: [{name: a}]\nroute: {receiver: b}":                                        "undefined receiver",
		"receivers: [{name: a}]\nroute: {receiver: a}":                                        "",
		"scrape_configs: [{job_name: a}, {job_name: a}]":                                      "found multiple scrape configs",
		"groups: [plain, words]": "",
		"level: info":            "",
		"scrape_configs: [{job_name: a, ec2_sd_configs: [{region: anywhere, access_key: left, odd: true}]}]": "",
	} {
		expectText(t, carrying("ConfigMap", "data", "a.yaml", text), text, want)
	}
}

func TestReadsSecretsTooAndNamesTheKey(t *testing.T) {
	found := texts(carrying("Secret", "stringData", "alertmanager.yml", "receivers: [{name: a}]\nroute: {}"))
	if len(found) != 1 || found[0].Field != "stringData[alertmanager.yml]" || found[0].Kind != "alertmanager" {
		t.Errorf("found %+v", found)
	}
	if found := texts(carrying("Secret", "data", "a.yml", "bm90aGluZw==")); len(found) != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestKnowsTheConfigurationOfAlertmanagerByItsNameToo(t *testing.T) {
	for text, want := range map[string]string{
		"route: {receiver: a}": "undefined receiver",
		"":                     "no route provided",
		"route: {receiver: a\nreceivers: [{name: a}]":              "yaml",
		"apiVersion: monitoring.coreos.com/v1\nkind: Alertmanager": "",
	} {
		expectText(t, carrying("Secret", "stringData", "alertmanager.yaml", text), text, want)
	}
	found := texts(carrying("Secret", "stringData", "config.yml", "receivers: [{webhook_configs: []}, {name: a}]\nroute: {receiver: a}"))
	if len(found) != 1 || !strings.Contains(found[0].Message, "missing name in receiver") {
		t.Errorf("found %+v", found)
	}
}

func TestKnowsTheConfigurationOfPrometheusWithoutJobsToo(t *testing.T) {
	for text, want := range map[string]string{
		"global: {scrape_interval: 30x}":                                       `unknown unit "x"`,
		"global: {scrape_interval: 30s}":                                       "",
		"alerting: {alertmanagers: [{static_configs: [{target: [a]}]}]}":       "target",
		"remote_write: [{url: 'http://a', odd: 1}]":                            "odd",
		"remote_write: [{url: 'http://a', odd: 1}]\nlevel: info":               "",
		"group: [{name: a, rules: [{alert: A, expr: up}]}]":                    "group",
		"group: [{name: a, members: [b]}]":                                     "",
		"global: {scrape_interval: 30x, image: registry}\ningress: {on: true}": "",
	} {
		expectText(t, carrying("ConfigMap", "data", "settings.yaml", text), text, want)
	}
	for text, want := range map[string]string{
		"global: {evaluation_interval: 30x}": `unknown unit "x"`,
		"scrape_config: []\nglobal: {}":      "scrape_config",
		"apiVersion: 1\nglobal: {odd: 1}":    "",
		"level: info":                        "",
	} {
		expectText(t, carrying("ConfigMap", "data", "prometheus.yml", text), text, want)
	}
}

func TestReadsTheTemplatesOfReceivers(t *testing.T) {
	slack := func(text string) string {
		return "route: {receiver: a}\nreceivers: [{name: a, slack_configs: [{api_url: 'http://a', text: '" + text + "'}]}]"
	}
	for text, want := range map[string]string{
		"{{ range .Alerts }}{{ .Labels.job | toUpper }}": "unexpected EOF",
		"{{ .Labels.job | shout }}":                      `function "shout" not defined`,
		`{{ range .Alerts }}{{ .Annotations.description | toUpper }}{{ end }}{{ template "slack.title" . }}`: "",
	} {
		expectText(t, carrying("Secret", "stringData", "alertmanager.yaml", slack(text)), text, want)
	}
}

func TestJudgesTheGroupsOfAPrometheusRule(t *testing.T) {
	group := map[string]any{"name": "a", "partial_response_strategy": "warn", "rules": []any{map[string]any{"alert": "A", "expr": "a =="}}}
	found := texts(carrying("PrometheusRule", "spec", "groups", []any{group}))
	if len(found) != 1 || !strings.Contains(found[0].Message, "parse error") || strings.Contains(found[0].Message, "partial_response") {
		t.Errorf("found %+v", found)
	}
}

// The short way must take nothing that Prometheus refuses, and everything that is in order.
func TestTakesRulesAsPrometheusDoes(t *testing.T) {
	alert := func(more string) string { return "groups: [{name: a, rules: [{alert: A, expr: up, " + more + "}]}]" }
	for _, text := range []string{
		alert("labels: {severity: page}, annotations: {summary: 'a text', description: 'is {{ $value | humanize }}'}"),
		alert("labels: {severity: '{{ $labels.job }}'}"), alert("labels: {severity: '{{ $labels.job'}"), alert("annotations: {summary: '{{ odd }}'}"),
		alert("labels: {__name__: a}"), alert("labels: {'': a}"), alert("annotations: {'': a}"), alert("labels: {Über: a}"), alert("for: 5"), alert("odd: 1"),
		alert("record: b"), "groups: [{name: a, rules: [{record: b, expr: up, annotations: {summary: a}}]}]", "groups: [{name: a, rules: [{record: b, expr: up}]}]",
		"groups: [{name: a, rules: [{expr: up}]}]", "groups: [{name: a, rules: [{alert: A, expr: 'up =='}]}]", "groups: [{name: '', rules: []}]",
		"groups: [{name: a, rules: []}, {name: a, rules: []}]", "groups: [{name: a, labels: {__name__: b}, rules: []}]", "groups: [{name: a, rules: [null]}]",
		"groups: [{name: a, labels: {team: b}, rules: []}]", "groups: []", "groups: [", "groups: []\n---\nodd: 1", "groups: {}", "groups: []\ngroups: []",
	} {
		read, problems := rulefmt.Parse([]byte(text), false, model.UTF8Validation, grammar, promslog.NewNopLogger())
		groups, isRight := loaded([]byte(text))
		if isRight && len(problems) > 0 {
			t.Errorf("%s: is taken, though %v", text, problems)
		}
		if !isRight && len(problems) == 0 && len(read.Groups[0].Labels) == 0 {
			t.Errorf("%s: is not taken", text)
		}
		if isRight && len(groups.Groups) != len(read.Groups) {
			t.Errorf("%s: %d groups, not %d", text, len(groups.Groups), len(read.Groups))
		}
	}
}
