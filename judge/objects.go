package main

import (
	"encoding/json"
	"errors"
	"net/url"
	"path"
	"runtime"
	"sync"

	corev1 "k8s.io/api/core/v1"
	segment "k8s.io/apimachinery/pkg/api/validation/path"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	podsecurity "k8s.io/pod-security-admission/api"
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
	result   []byte
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
				if !question.keeps {
					answers[i].result, question.Objects[i] = nil, candidate{}
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
