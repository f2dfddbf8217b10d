package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"sigs.k8s.io/yaml"
)

// head is what has to be known of an object before any is judged.
type head struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

// carriers are the kinds that carry texts for Prometheus and Alertmanager.
var carriers = []string{"ConfigMap", "Secret", "PrometheusRule"}

// arrived reads the line of an object: the object itself, or a list with one candidate that has more than that.
func arrived(line []byte) (candidate, error) {
	given := candidate{Object: line}
	if line[0] == '[' {
		one := [1]candidate{}
		if err := json.Unmarshal(line, &one); err != nil {
			return given, err
		}
		given = one[0]
	}
	given.about = headOf(given.json())
	if asksTexts && slices.Contains(carriers, given.about.Kind) && given.Text == "" {
		given.texts = sync.OnceValue(func() []textProblem {
			object := &unstructured.Unstructured{}
			if json.Unmarshal(given.Object, &object.Object) != nil {
				return nil // It is refused later.
			}
			return texts(object)
		})
	}
	return given, nil
}

// headOf is what stands in front of an object. A broken one has nothing there, and is refused later.
func headOf(text []byte) *head {
	about := &head{}
	_ = json.Unmarshal(text, about)
	return about
}

// json is the object as JSON; nothing where its text is no YAML.
func (c candidate) json() []byte {
	if c.Text == "" {
		return c.Object
	}
	text, _ := yaml.YAMLToJSON([]byte(c.Text))
	return text
}

// task is a candidate with the way to its kind. The object itself is read by the worker that judges it, because all
// objects of a large question read at once take ten times their text.
type task struct {
	candidate
	// body is what is sent, json the same as JSON.
	body, json []byte
	object     *unstructured.Unstructured
	// maker is the object as it was given, where it makes pods.
	maker  runtime.Object
	kind   schema.GroupVersionKind
	reach  *resource
	failed *objectAnswer
}

func read(given candidate) *task {
	t := &task{candidate: given, body: given.Object, json: given.Object}
	if given.Text != "" {
		t.body = []byte(given.Text)
		converted, err := yaml.YAMLToJSON(t.body)
		if err != nil {
			t.failed = refusal("BadRequest", err.Error())
			return t
		}
		t.json = converted
	}
	t.object = &unstructured.Unstructured{}
	if err := json.Unmarshal(t.json, &t.object.Object); err != nil {
		t.failed = refusal("BadRequest", err.Error())
		return t
	}
	t.kind = t.object.GroupVersionKind()
	return t
}

func refusal(reason, message string) *objectAnswer {
	return &objectAnswer{Verdict: "refused", Reason: reason, Message: message}
}

// plant puts what objects say about others where admission and the custom resources' handler look for it.
func (s *server) plant(candidates []candidate) ([]*apiextensionsv1.CustomResourceDefinition, error) {
	var definitions []*apiextensionsv1.CustomResourceDefinition
	for _, given := range candidates {
		about, text := given.about, given.json()
		if about == nil {
			about = headOf(text)
		}
		if about.Kind == "CustomResourceDefinition" && about.GroupVersionKind().Version == "v1" {
			definition := &apiextensionsv1.CustomResourceDefinition{}
			if json.Unmarshal(text, definition) == nil && definition.Spec.Group != "" {
				definitions = append(definitions, definition)
				if err := s.customs.plant(definition); err != nil {
					return nil, err
				}
			}
		} else if s.seeds.wants(about.Kind) {
			if seed, _, err := legacyscheme.Codecs.UniversalDeserializer().Decode(text, nil, nil); err == nil {
				if err := s.seeds.plant(seed); err != nil {
					return nil, err
				}
			}
		}
	}
	return definitions, nil
}

// prepared reads an object and finds the way to its kind.
func (s *server) prepared(given candidate, assume bool) (*task, error) {
	t := read(given)
	if t.failed != nil {
		return t, nil
	}
	if err := s.route(t); err != nil || t.failed != nil {
		return t, err
	}
	if t.kind.Kind != "PodTemplate" && makers.HasPodSpec(schema.GroupResource{Group: t.kind.Group, Resource: t.reach.name}) {
		t.maker, _, _ = legacyscheme.Codecs.UniversalDeserializer().Decode(t.json, nil, nil)
	}
	if assume {
		return t, s.seeds.assume(t.object, podSpec(t.maker))
	}
	return t, nil
}

func (s *server) route(t *task) error {
	if builtin, ok := s.resources[t.kind]; ok {
		t.reach = &builtin
		return nil
	}
	definition, err := s.customs.find(t.kind.GroupKind())
	if err != nil {
		return err
	}
	if definition != nil {
		t.reach = served(definition, t.kind.Version)
	}
	if t.reach != nil {
		return nil
	}
	if definition == nil && !s.groups.Has(t.kind.Group) {
		t.failed = &objectAnswer{Verdict: "unknown", Message: fmt.Sprintf("no definition of %s %s", t.kind.GroupVersion(), t.kind.Kind)}
		return nil
	}
	t.failed = refusal("NotFound", fmt.Sprintf("no matches for kind %q in version %q", t.kind.Kind, t.kind.GroupVersion()))
	return nil
}
