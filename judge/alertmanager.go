//go:build !k132

package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"

	alertmanager "github.com/prometheus/alertmanager/config"
	alertmanagertemplate "github.com/prometheus/alertmanager/template"
	"sigs.k8s.io/yaml"
)

// alertmanagerProblems are those of the configuration, and of the templates in its receivers, which Alertmanager reads when it sends.
func alertmanagerProblems(text string) []error {
	if _, err := alertmanager.Load(text); err != nil {
		return only(err)
	}
	fields := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &fields); err != nil {
		return only(err)
	}
	return templatesIn("receivers", fields["receivers"])
}

// templatesIn judges every text that has a template in it, however deep.
func templatesIn(place string, value any) []error {
	var found []error
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found = append(found, templatesIn(place+"."+key, value[key])...)
		}
	case []any:
		for index, item := range value {
			found = append(found, templatesIn(fmt.Sprintf("%s[%d]", place, index), item)...)
		}
	case string:
		functions := template.FuncMap(alertmanagertemplate.DefaultFuncs)
		if _, err := template.New(place).Funcs(functions).Parse(value); err != nil {
			found = append(found, err)
		}
	}
	return found
}

func alertmanagerTemplate(text string) []error {
	made, err := alertmanagertemplate.New()
	if err != nil {
		return only(err)
	}
	return only(made.Parse(strings.NewReader(text)))
}
