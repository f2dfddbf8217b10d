package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"runtime"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	segment "k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	"sigs.k8s.io/yaml"
)

// candidate is one object of a question: as text where doubled fields may matter, beside what it would replace.
type candidate struct {
	Object   json.RawMessage `json:"object,omitempty"`
	Text     string          `json:"text,omitempty"`
	Previous json.RawMessage `json:"previous,omitempty"`
}

type objectsQuestion struct {
	Objects []candidate `json:"objects"`
	// Cluster is what stands in the cluster already. Without it, the objects themselves say what they say of each other.
	Cluster []json.RawMessage `json:"cluster,omitempty"`
	// Level asks for Pod Security beside what the namespaces declare.
	Level podsecurity.Level `json:"level,omitempty"`
	// Assume takes what the question does not hold (namespaces, accounts, classes) as present in the cluster.
	Assume bool `json:"assume,omitempty"`
}

type cause struct {
	Field   string `json:"field"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type violation struct {
	Check  string `json:"check"`
	Level  string `json:"level"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

type textProblem struct {
	Field   string `json:"field"`
	Kind    string `json:"kind"`
	Message string `json:"message"`
}

// objectAnswer is a server's answer to one object. Pods is its answer to the pods that the object would make.
type objectAnswer struct {
	Verdict  string        `json:"verdict"`
	Reason   string        `json:"reason,omitempty"`
	Message  string        `json:"message,omitempty"`
	Causes   []cause       `json:"causes,omitempty"`
	Warnings []string      `json:"warnings,omitempty"`
	Pods     *objectAnswer `json:"pods,omitempty"`
	Security []violation   `json:"security,omitempty"`
	Texts    []textProblem `json:"texts,omitempty"`
	result   []byte
}

// head is what has to be known of an object before any is judged.
type head struct {
	metav1.TypeMeta `json:",inline"`
	Metadata        struct {
		Name      string `json:"name"`
		Namespace string `json:"namespace"`
	} `json:"metadata"`
}

// task is a candidate with the way to its kind. The object itself is read by the worker that judges it, because all
// objects of a large question read at once take ten times their text.
type task struct {
	candidate
	body   []byte
	object *unstructured.Unstructured
	kind   schema.GroupVersionKind
	reach  *resource
	failed *objectAnswer
}

func (s *server) objects(question objectsQuestion) ([]objectAnswer, error) {
	s.memory.forget()
	if err := s.seeds.reset(); err != nil {
		return nil, err
	}
	standing := make([]candidate, len(question.Cluster))
	for i, object := range question.Cluster {
		standing[i] = candidate{Object: object}
	}
	surroundings := standing
	if len(standing) == 0 {
		surroundings = question.Objects
	}
	definitions, err := s.plant(surroundings)
	if err != nil {
		return nil, err
	}
	for _, given := range standing {
		if t, err := s.prepared(given, question.Assume); err != nil {
			return nil, err
		} else if t.failed == nil {
			s.send(t, t.object, t.body, "")
		}
	}
	answers := make([]objectAnswer, len(question.Objects))
	failures := make([]error, len(question.Objects))
	work := make(chan int)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Add(1)
		go func() {
			defer workers.Done()
			for i := range work {
				t, err := s.prepared(question.Objects[i], question.Assume)
				if failures[i] = err; err == nil {
					answers[i] = s.answer(t, question.Level)
				}
			}
		}()
	}
	for i := range question.Objects {
		work <- i
	}
	close(work)
	workers.Wait()
	return answers, errors.Join(append(failures, s.customs.forget(definitions))...)
}

func read(given candidate) *task {
	t := &task{candidate: given, body: given.Object}
	text := []byte(given.Object)
	if given.Text != "" {
		t.body = []byte(given.Text)
		converted, err := yaml.YAMLToJSON(t.body)
		if err != nil {
			t.failed = refusal("BadRequest", err.Error())
			return t
		}
		text = converted
	}
	t.object = &unstructured.Unstructured{}
	if err := json.Unmarshal(text, &t.object.Object); err != nil {
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
		text := []byte(given.Object)
		if given.Text != "" {
			text, _ = yaml.YAMLToJSON([]byte(given.Text))
		}
		about := head{}
		_ = json.Unmarshal(text, &about) // A broken object plants nothing, and is refused later.
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
	if assume {
		if err := s.seeds.assume(t.object, podSpec(t.object)); err != nil {
			return nil, err
		}
	}
	return t, s.route(t)
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

const (
	strict = "fieldManager=judge&fieldValidation=Strict"
	dryRun = "&dryRun=All"
)

func (s *server) answer(t *task, level podsecurity.Level) objectAnswer {
	if t.failed != nil {
		return *t.failed
	}
	if len(t.Previous) > 0 {
		previous := &unstructured.Unstructured{}
		if err := json.Unmarshal(t.Previous, &previous.Object); err == nil {
			s.send(t, previous, t.Previous, "")
		}
	}
	answer := s.send(t, t.object, t.body, dryRun)
	answer.Texts = texts(t.object)
	if template := podOf(answer.result, t.object); template != nil {
		if t.kind.Kind != "Pod" && answer.Verdict == "accepted" {
			if pods := s.create(template); pods.Verdict != "accepted" || len(pods.Warnings) > 0 {
				answer.Pods = &pods
			}
		}
		if level != "" {
			answer.Security = evaluate(level, template)
		}
	}
	return answer
}

// send applies an object as `kubectl apply --server-side` does, or creates it where it has no name yet.
func (s *server) send(t *task, object *unstructured.Unstructured, body []byte, mode string) objectAnswer {
	space := object.GetNamespace()
	if space == "" {
		space = metav1.NamespaceDefault
	}
	if t.reach.namespaced && object.GetNamespace() == "" && t.Text == "" {
		object.SetNamespace(space)
		if filled, err := json.Marshal(object.Object); err == nil {
			body = filled
		}
	}
	into := collection(t.kind, *t.reach, space)
	// A name that cannot stand in a path is created, so that the server says what is wrong with it.
	if name := object.GetName(); name != "" && len(name) < 1024 && len(segment.IsValidPathSegmentName(name)) == 0 {
		return judged(s.call("PATCH", path.Join(into, url.PathEscape(name))+"?force=true&"+strict+mode, "application/apply-patch+yaml", body))
	}
	return judged(s.call("POST", into+"?"+strict+mode, "application/json", body))
}

// create makes a pod as a controller would.
func (s *server) create(pod *corev1.Pod) objectAnswer {
	body, err := json.Marshal(pod)
	if err != nil {
		return *refusal("BadRequest", err.Error())
	}
	return judged(s.call("POST", path.Join("/api/v1/namespaces", pod.Namespace, "pods")+"?"+dryRun, "application/json", body))
}

func judged(r response) objectAnswer {
	if r.code < 300 {
		return objectAnswer{Verdict: "accepted", Warnings: r.warnings, result: r.body}
	}
	status := metav1.Status{}
	if err := json.Unmarshal(r.body, &status); err != nil {
		return *refusal("BadRequest", string(r.body))
	}
	answer := objectAnswer{Verdict: "refused", Reason: string(status.Reason), Message: status.Message, Warnings: r.warnings}
	if status.Details != nil {
		for _, c := range status.Details.Causes {
			answer.Causes = append(answer.Causes, cause{Field: c.Field, Reason: string(c.Type), Message: c.Message})
		}
	}
	return answer
}

var evaluator = func() policy.Evaluator {
	made, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		panic(errors.Join(errors.New("the library's own checks"), err))
	}
	return made
}()

// evaluate asks the Pod Security library for one level, whatever the namespace declares.
func evaluate(level podsecurity.Level, pod *corev1.Pod) []violation {
	found := []violation{}
	results := evaluator.EvaluatePod(podsecurity.LevelVersion{Level: level, Version: podsecurity.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)
	for _, result := range results {
		if !result.Allowed {
			found = append(found, violation{Level: string(level), Reason: result.ForbiddenReason, Detail: result.ForbiddenDetail})
		}
	}
	return found
}
