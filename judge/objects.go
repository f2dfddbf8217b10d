package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"path"
	goruntime "runtime"
	"strings"

	corev1 "k8s.io/api/core/v1"
	segment "k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/util/workqueue"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	podsecurity "k8s.io/pod-security-admission/api"
)

// candidate is one object of a question: as text where doubled fields may matter, beside what it would replace.
type candidate struct {
	Object   json.RawMessage `json:"object,omitempty"`
	Text     string          `json:"text,omitempty"`
	Previous json.RawMessage `json:"previous,omitempty"`
	// about is known of an object that came on a line of its own.
	about *head
	// texts judges what it carries for Prometheus and Alertmanager, once, however many ask.
	texts func() []textProblem
}

type objectsQuestion struct {
	Objects []candidate `json:"objects"`
	// Cluster is what stands in the cluster already. Without it, the objects themselves say what they say of each other.
	Cluster []json.RawMessage `json:"cluster,omitempty"`
	// Level asks for Pod Security beside what the namespaces declare.
	Level podsecurity.Level `json:"level,omitempty"`
	// Assume takes what the question does not hold (namespaces, accounts, classes) as present in the cluster.
	Assume bool `json:"assume,omitempty"`
	// keeps holds what the server makes of each object, and the objects themselves. Of thousands that is most of the memory.
	keeps bool
}

type cause struct {
	Field   string `json:"field"`
	Reason  string `json:"reason"`
	Message string `json:"message"`
}

type violation struct {
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
	// made is what the server makes of an object that makes pods, in the version that was asked for.
	made runtime.Object
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
	workqueue.ParallelizeUntil(context.Background(), goruntime.GOMAXPROCS(0), len(answers), func(i int) {
		t, err := s.prepared(question.Objects[i], question.Assume)
		if failures[i] = err; err == nil {
			answers[i] = s.answer(t, question.Level)
		}
		if !question.keeps {
			answers[i].made, question.Objects[i] = nil, candidate{}
		}
	})
	return answers, errors.Join(append(failures, s.customs.forget(definitions))...)
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
	object, body := t.object, t.body
	if s.seeds.isOnlyDefault(object) {
		object = object.DeepCopy()
		unstructured.RemoveNestedField(object.Object, globalDefault)
		text, err := object.MarshalJSON()
		if err != nil {
			return *refusal("BadRequest", err.Error())
		}
		body = text
	}
	answer := s.send(t, object, body, dryRun)
	if t.texts != nil {
		answer.Texts = t.texts()
	} else {
		answer.Texts = texts(t.object)
	}
	maker := t.maker
	if answer.made != nil {
		maker = answer.made
	}
	if template := podOf(maker); template != nil {
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
	space := ""
	if t.reach.namespaced {
		space = cmp.Or(object.GetNamespace(), metav1.NamespaceDefault)
	}
	if t.reach.namespaced && object.GetNamespace() == "" && t.Text == "" {
		object.SetNamespace(space)
		body, _ = json.Marshal(object.Object) // It was read from JSON.
	}
	if mode == dryRun {
		if made := s.applies(t, space, body); made != nil {
			return objectAnswer{Verdict: "accepted", made: t.versioned(made)}
		}
	}
	into := collection(t.kind, *t.reach, space)
	create := func() objectAnswer { return t.judged(s.call("POST", into+"?"+strict+mode, "application/json", body)) }
	// A name that cannot stand in a path is created, so that the server says what is wrong with it.
	if name := object.GetName(); name != "" && len(name) < 1024 && len(segment.IsValidPathSegmentName(name)) == 0 {
		applied := t.judged(s.call("PATCH", path.Join(into, url.PathEscape(name))+"?force=true&"+strict+mode, "application/apply-patch+yaml", body))
		// An apply names one unknown field, and by chance which; a create names all of them.
		if t.Text == "" && strings.Contains(applied.Message, "field not declared in schema") {
			if created := create(); created.Verdict == "refused" {
				applied.Message = created.Message
			}
		}
		return applied
	}
	return create()
}

// create makes a pod as a controller would.
func (s *server) create(pod *corev1.Pod) objectAnswer {
	t := &task{kind: corev1.SchemeGroupVersion.WithKind("Pod"), maker: pod}
	internal := &core.Pod{}
	given := pod.DeepCopy()
	legacyscheme.Scheme.Default(given)
	if legacyscheme.Scheme.Convert(given, internal, nil) == nil {
		if made := s.creates(s.resources[t.kind].creation, pod.Namespace, internal); made != nil {
			return objectAnswer{Verdict: "accepted", made: t.versioned(made)}
		}
	}
	body, err := json.Marshal(pod)
	if err != nil {
		return *refusal("BadRequest", err.Error())
	}
	return t.judged(s.call("POST", path.Join("/api/v1/namespaces", pod.Namespace, "pods")+"?"+dryRun, "application/json", body))
}

// versioned is an object of the server in the version of the task; only what makes pods is looked at again.
func (t *task) versioned(made runtime.Object) runtime.Object {
	if t.maker == nil {
		return nil
	}
	versioned, err := legacyscheme.Scheme.ConvertToVersion(made, t.kind.GroupVersion())
	if err != nil {
		return nil
	}
	return versioned
}

func (t *task) judged(r response) objectAnswer {
	if r.code < 300 {
		answer := objectAnswer{Verdict: "accepted", Warnings: r.warnings}
		if t.maker != nil {
			answer.made, _, _ = legacyscheme.Codecs.UniversalDeserializer().Decode(r.body, nil, nil)
		}
		return answer
	}
	status := metav1.Status{}
	if err := json.Unmarshal(r.body, &status); err != nil {
		return *refusal("BadRequest", string(r.body))
	}
	answer := objectAnswer{Verdict: "refused", Reason: string(status.Reason), Message: inOrder(status.Message), Warnings: r.warnings}
	if status.Details != nil {
		for _, c := range status.Details.Causes {
			answer.Causes = append(answer.Causes, cause{Field: c.Field, Reason: string(c.Type), Message: inOrder(c.Message)})
		}
	}
	sortEntries(answer.Causes)
	return answer
}
