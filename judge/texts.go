//go:build !k132

package main

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/prometheus/common/promslog"
	prometheus "github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	_ "github.com/prometheus/prometheus/discovery/dns"        // dns_sd_configs
	_ "github.com/prometheus/prometheus/discovery/file"       // file_sd_configs
	_ "github.com/prometheus/prometheus/discovery/http"       // http_sd_configs
	_ "github.com/prometheus/prometheus/discovery/kubernetes" // kubernetes_sd_configs
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// elsewhere are the ways of discovery outside a cluster. Their blocks are read and not judged: the clients of every
// cloud would double the program.
var elsewhere = []string{"azure", "consul", "digitalocean", "docker", "dockerswarm", "ec2", "eureka", "gce", "hetzner", "ionos",
	"kuma", "lightsail", "linode", "marathon", "nerve", "nomad", "openstack", "ovhcloud", "puppetdb", "scaleway", "serverset",
	"stackit", "triton", "uyuni", "vultr"}

type unjudged struct {
	discovery.Config
	name string
}

func (u *unjudged) Name() string { return u.name }

// UnmarshalYAML leaves a mark: Prometheus takes a block that reads as nothing for an empty one.
func (u *unjudged) UnmarshalYAML(func(any) error) error {
	u.name = "unjudged"
	return nil
}

func init() {
	for _, name := range elsewhere {
		discovery.RegisterConfig(&unjudged{name: name})
	}
}

// texts judges what an object carries as text for Prometheus and Alertmanager.
func texts(object *unstructured.Unstructured) []textProblem {
	switch object.GetKind() {
	case "PrometheusRule":
		return ruleObject(object)
	case "ConfigMap":
		data, _, _ := unstructured.NestedStringMap(object.Object, "data")
		return files("data", data)
	case "Secret":
		plain, _, _ := unstructured.NestedStringMap(object.Object, "stringData")
		coded, _, _ := unstructured.NestedStringMap(object.Object, "data")
		decoded := map[string]string{}
		for key, value := range coded {
			if text, err := base64.StdEncoding.DecodeString(value); err == nil {
				decoded[key] = string(text)
			}
		}
		return append(files("stringData", plain), files("data", decoded)...)
	}
	return nil
}

func files(field string, data map[string]string) []textProblem {
	var found []textProblem
	for _, key := range slices.Sorted(maps.Keys(data)) {
		kind, problems := judgeFile(key, data[key])
		for _, problem := range problems {
			found = append(found, textProblem{Field: fmt.Sprintf("%s[%s]", field, key), Kind: kind, Message: problem.Error()})
		}
	}
	return found
}

// ofAlertmanager is the key under which the operator of Prometheus and its charts keep Alertmanager's configuration.
var ofAlertmanager = regexp.MustCompile(`^alertmanager\.ya?ml$`)

// ofPrometheus is the key under which Prometheus' charts and examples keep its configuration.
var ofPrometheus = regexp.MustCompile(`^prometheus\.ya?ml$`)

// settingsOfPrometheus are the fields of its configuration. Of one without jobs and rules these are all that tell.
var settingsOfPrometheus = []string{"global", "runtime", "rule_files", "scrape_config_files", "scrape_configs", "alerting", "remote_write",
	"remote_read", "storage", "tracing", "otlp"}

// aManifest is a text that somebody applies, and no program reads as its settings.
var aManifest = regexp.MustCompile(`(?m)^apiVersion:`)

// judgeFile tells by its fields what a file is for: names of keys are free. Where the name says it, a file without them is judged too.
func judgeFile(key, text string) (string, []error) {
	if ofAlertmanager.MatchString(key) && !aManifest.MatchString(text) {
		return "alertmanager", alertmanagerProblems(text)
	}
	if strings.HasSuffix(key, ".tmpl") && strings.Contains(text, "{{ define ") {
		return "alertmanager template", alertmanagerTemplate(text)
	}
	if !slices.ContainsFunc([]string{".yml", ".yaml", ".rules", ".json"}, func(end string) bool { return strings.HasSuffix(key, end) }) {
		return "", nil
	}
	if ofPrometheus.MatchString(key) && !aManifest.MatchString(text) && hasSome(text, settingsOfPrometheus) {
		return "prometheus", prometheusProblems(text)
	}
	known, ok := judgedTexts.Load(text)
	if !ok {
		kind, problems := judgeYAML(text)
		known, _ = judgedTexts.LoadOrStore(text, verdict{kind, problems})
	}
	return known.(verdict).kind, known.(verdict).problems
}

// verdict is what was said of a text. Environments share most of theirs, so each is judged once.
type verdict struct {
	kind     string
	problems []error
}

var judgedTexts sync.Map

// telling are the fields by which a text is known; a text without any of these words is not parsed.
var telling = []string{"groups", "group:", "receivers", "scrape_configs", "rule_files", "alertmanagers", "remote_write", "scrape_interval"}

// hasGroups tells a file of rules from most others.
var hasGroups = regexp.MustCompile(`(?m)^groups:`)

func judgeYAML(text string) (string, []error) {
	if !slices.ContainsFunc(telling, func(word string) bool { return strings.Contains(text, word) }) {
		return "", nil
	}
	var ofRules []error
	if hasGroups.MatchString(text) {
		// What loads as rules is nothing else, and most of it loads: it is not read once more to tell what it is.
		if ofRules = parsedRules([]byte(text)); len(ofRules) == 0 {
			return "prometheus rules", nil
		}
	}
	fields := map[string]any{}
	if yaml.Unmarshal([]byte(text), &fields) != nil {
		return "", nil
	}
	switch {
	case ofRules != nil && isList(fields["groups"], "rules"):
		return "prometheus rules", ofRules
	case isList(fields["groups"], "rules"), isList(fields["group"], "rules"):
		return "prometheus rules", parsedRules([]byte(text))
	case isList(fields["receivers"], "name"), isObject(fields["route"]) && fields["receivers"] != nil:
		return "alertmanager", alertmanagerProblems(text)
	case isList(fields["scrape_configs"], "job_name") || fields["rule_files"] != nil && fields["global"] != nil, isPrometheusAlone(fields):
		return "prometheus", prometheusProblems(text)
	}
	return "", nil
}

func prometheusProblems(text string) []error {
	_, err := prometheus.Load(text, promslog.NewNopLogger())
	return only(err)
}

// isPrometheusAlone tells a configuration without jobs by settings that nobody else has, and by having no others.
func isPrometheusAlone(fields map[string]any) bool {
	for field := range fields {
		if !slices.Contains(settingsOfPrometheus, field) {
			return false
		}
	}
	alerting, _ := fields["alerting"].(map[string]any)
	global, _ := fields["global"].(map[string]any)
	_, scrapes := global["scrape_interval"]
	return alerting["alertmanagers"] != nil || isList(fields["remote_write"], "url") || scrapes
}

// hasSome says that a text is YAML with one of these fields.
func hasSome(text string, names []string) bool {
	fields := map[string]any{}
	if yaml.Unmarshal([]byte(text), &fields) != nil {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool { _, has := fields[name]; return has })
}

func isObject(value any) bool {
	_, ok := value.(map[string]any)
	return ok
}

// isList says that a value is a list of objects, the first of which has a field.
func isList(value any, field string) bool {
	list, ok := value.([]any)
	if !ok || len(list) == 0 {
		return false
	}
	first, ok := list[0].(map[string]any)
	_, has := first[field]
	return ok && has
}

func only(err error) []error {
	if err == nil {
		return nil
	}
	return []error{err}
}

// position is where an error stands in a text that nobody wrote: the object's rules as JSON.
var position = regexp.MustCompile(`^(\d+:\d+: )+`)

// ofThanos are fields of a rule group that Thanos' ruler reads and Prometheus' does not know.
var ofThanos = []string{"partial_response_strategy"}

func ruleObject(object *unstructured.Unstructured) []textProblem {
	groups, _, err := unstructured.NestedSlice(object.Object, "spec", "groups")
	if err != nil || len(groups) == 0 {
		return nil
	}
	for _, group := range groups {
		if fields, ok := group.(map[string]any); ok {
			for _, name := range ofThanos {
				delete(fields, name)
			}
		}
	}
	text, err := json.Marshal(map[string]any{"groups": groups})
	if err != nil {
		return nil
	}
	var found []textProblem
	for _, problem := range parsedRules(text) {
		found = append(found, textProblem{Field: "spec.groups", Kind: "prometheus rules", Message: position.ReplaceAllString(problem.Error(), "")})
	}
	return found
}
