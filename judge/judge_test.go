package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// shared is one server for all tests: what a question leaves behind would show in the next.
var shared = func() *server {
	quiet()
	return newServer()
}()

// asked is the answer to a question, given as its JSON.
func asked(t *testing.T, question string) answer {
	t.Helper()
	reply := shared.answerTo([]byte(question), nil)
	if reply.Error != "" {
		t.Fatalf("%s: %s", question, reply.Error)
	}
	return reply
}

// objectsAsked are the answers about objects, in an otherwise empty cluster.
func objectsAsked(t *testing.T, objects ...string) []objectAnswer {
	t.Helper()
	wrapped := make([]string, len(objects))
	for i, object := range objects {
		wrapped[i] = fmt.Sprintf(`{"object":%s}`, object)
	}
	return asked(t, fmt.Sprintf(`{"ask":"objects","assume":true,"objects":[%s]}`, strings.Join(wrapped, ","))).Answers
}

func wantVerdict(t *testing.T, got objectAnswer, verdict, words string) {
	t.Helper()
	if got.Verdict != verdict || !strings.Contains(got.Message, words) {
		t.Errorf("got %s (%s), want %s with %q", got.Verdict, got.Message, verdict, words)
	}
}

func service(ports string) string {
	return fmt.Sprintf(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"cart","namespace":"shop"},"spec":{"ports":%s}}`, ports)
}

func deployment(namespace, spec string) string {
	return fmt.Sprintf(`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"cart","namespace":%q},"spec":{"selector":{"matchLabels":{"app":"cart"}},
		"template":{"metadata":{"labels":{"app":"cart"}},"spec":%s}}}`, namespace, spec)
}

const containers = `{"containers":[{"name":"cart","image":"example.com/cart:1","resources":{"requests":{"cpu":"600m"}}}]}`

func TestNamesTheFieldThatIsRefused(t *testing.T) {
	got := objectsAsked(t, service(`[{"port":80},{"port":81}]`), service(`[{"port":80}]`))
	wantVerdict(t, got[0], "refused", "is invalid")
	if len(got[0].Causes) != 2 || got[0].Causes[0].Field != "spec.ports[0].name" {
		t.Errorf("causes are %+v", got[0].Causes)
	}
	wantVerdict(t, got[1], "accepted", "")
}

func TestRefusesUnknownAndDoubledFields(t *testing.T) {
	wantVerdict(t, objectsAsked(t, service(`[{"port":80,"targetport":80}]`))[0], "refused", "targetport")
	text, _ := json.Marshal("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: default}\ndata: {a: x, a: y}\n")
	got := asked(t, fmt.Sprintf(`{"ask":"objects","objects":[{"text":%s}]}`, text)).Answers[0]
	wantVerdict(t, got, "refused", "a")
}

func TestAnswersAboutTheOthersWhenOneObjectCannotBeRead(t *testing.T) {
	got := objectsAsked(t, `[1]`, service(`[{"port":80}]`), `{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a"}}`, `{"apiVersion":"apps/v2","kind":"Deployment","metadata":{"name":"a"}}`)
	for i, verdict := range []string{"refused", "accepted", "unknown", "refused"} {
		wantVerdict(t, got[i], verdict, "")
	}
}

func TestSaysTheSameInEveryRun(t *testing.T) {
	odd := service(`[{"port":80}],"a":1,"b":2,"c":3,"d":4,"e":5,"f":6`)
	first := objectsAsked(t, odd)[0]
	for range 20 {
		if got := objectsAsked(t, odd)[0]; got.Message != first.Message || !slices.Equal(got.Causes, first.Causes) {
			t.Fatalf("got %q, then %q", first.Message, got.Message)
		}
	}
}

// An apply refuses what a create would take, and takes what a create would refuse.
func TestAnswersAsAnApplyDoes(t *testing.T) {
	twice := strings.ReplaceAll(containers, `"resources"`, `"env":[{"name":"A","value":"1"},{"name":"A","value":"2"}],"resources"`)
	wantVerdict(t, objectsAsked(t, deployment("shop", twice))[0], "refused", "duplicate entries")
	managed := strings.ReplaceAll(deployment("shop", containers), `"metadata":{"name":"cart"`, `"metadata":{"managedFields":[{"manager":"a"}],"name":"cart"`)
	wantVerdict(t, objectsAsked(t, managed)[0], "refused", "managedFields must be nil")
	named := strings.ReplaceAll(deployment("shop", containers), `"metadata":{"name":"cart"`, `"metadata":{"uid":"1","name":"cart"`)
	wantVerdict(t, objectsAsked(t, named)[0], "refused", "uid mismatch")
}

func TestComparesWithWhatIsReplaced(t *testing.T) {
	before, after := deployment("shop", containers), strings.ReplaceAll(deployment("shop", containers), `"app":"cart"`, `"app":"other"`)
	got := asked(t, fmt.Sprintf(`{"ask":"objects","assume":true,"objects":[{"object":%s,"previous":%s}]}`, after, before)).Answers[0]
	wantVerdict(t, got, "refused", "field is immutable")
	wantVerdict(t, objectsAsked(t, after)[0], "accepted", "")
}

func TestAsksAdmissionForThePodsOfAWorkload(t *testing.T) {
	space := `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"strict","labels":{"pod-security.kubernetes.io/enforce":"restricted"}}}`
	got := objectsAsked(t, space, deployment("strict", containers))
	wantVerdict(t, got[1], "accepted", "")
	if got[1].Pods == nil {
		t.Fatal("the pods are admitted")
	}
	wantVerdict(t, *got[1].Pods, "refused", `violates PodSecurity "restricted:latest"`)
	quota := `{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q","namespace":"shop"},"spec":{"hard":{"requests.cpu":"500m"}}}`
	wantVerdict(t, *objectsAsked(t, deployment("shop", containers), quota)[0].Pods, "refused", "exceeded quota")
}

func TestLetsAClaimTemplateReplaceAVolume(t *testing.T) {
	set := `{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"db","namespace":"shop"},"spec":{"serviceName":"db","selector":{"matchLabels":{"app":"db"}},
		"template":{"metadata":{"labels":{"app":"db"}},"spec":{"containers":[{"name":"db","image":"example.com/db:1","volumeMounts":[{"name":"data","mountPath":"/data"}]}],
		"volumes":[{"name":"data","persistentVolumeClaim":{"claimName":"data"}}]}},
		"volumeClaimTemplates":[{"metadata":{"name":"data"},"spec":{"accessModes":["ReadWriteOnce"],"resources":{"requests":{"storage":"1Gi"}}}}]}}`
	got := objectsAsked(t, set)[0]
	wantVerdict(t, got, "accepted", "")
	if got.Pods != nil {
		wantVerdict(t, *got.Pods, "accepted", "")
	}
}

func TestForgetsTheLastQuestion(t *testing.T) {
	objectsAsked(t, `{"apiVersion":"v1","kind":"ResourceQuota","metadata":{"name":"q","namespace":"shop"},"spec":{"hard":{"pods":"0"}}}`, deployment("shop", containers))
	if got := objectsAsked(t, deployment("shop", containers))[0]; got.Pods != nil {
		t.Errorf("the pods are judged by the quota of the question before: %+v", got.Pods)
	}
}

func TestSaysWhatALevelForbids(t *testing.T) {
	for level, count := range map[string]int{"baseline": 0, "restricted": 4} {
		got := asked(t, fmt.Sprintf(`{"ask":"objects","assume":true,"level":%q,"objects":[{"object":%s}]}`, level, deployment("shop", containers))).Answers[0]
		if len(got.Security) != count {
			t.Errorf("%s forbids %+v", level, got.Security)
		}
	}
}

const definition = `{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"things.example.com"},"spec":{"group":"example.com","scope":"Namespaced",
	"names":{"plural":"things","singular":"thing","kind":"Thing","listKind":"ThingList"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object",
	"properties":{"spec":{"type":"object","properties":{"low":{"type":"integer"},"high":{"type":"integer"}},"x-kubernetes-validations":[{"rule":"self.low < self.high","message":"low is below high"}]}}}}}]}}`

func thing(spec string) string {
	return fmt.Sprintf(`{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"a","namespace":"shop"},"spec":%s}`, spec)
}

func TestJudgesACustomResourceByItsDefinition(t *testing.T) {
	got := objectsAsked(t, definition, thing(`{"low":1,"high":2}`), thing(`{"low":2,"high":1}`), thing(`{"low":"1"}`), thing(`{"lo":1}`))
	wantVerdict(t, got[0], "accepted", "")
	wantVerdict(t, got[1], "accepted", "")
	wantVerdict(t, got[2], "refused", "low is below high")
	wantVerdict(t, got[3], "refused", "expected numeric")
	wantVerdict(t, got[4], "refused", "lo")
	wantVerdict(t, objectsAsked(t, thing(`{}`))[0], "unknown", "no definition")
}

// linesFor are the lines that answer these lines.
func linesFor(t *testing.T, lines ...string) []string {
	t.Helper()
	out := bytes.Buffer{}
	if err := serve(strings.NewReader(strings.Join(lines, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(out.String()), "\n")
}

func wantLines(t *testing.T, got []string, want ...string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d answers where %d are expected: %q", len(got), len(want), got)
	}
	for index, words := range want {
		if !strings.Contains(got[index], words) {
			t.Errorf("answer %d is %s, without %q", index+1, got[index], words)
		}
	}
}

func TestAnswersLineByLine(t *testing.T) {
	got := linesFor(t, `{"id":4,"ask":"version"}`, `nothing`, `{"id":6,"ask":"objects","objects":[5]}`, `{"id":7,"ask":"objects","objects":{}}`,
		`[]`, `{"ask":`, `{"id":8,"ask":"version"} more`, `{"id":9,"objects":null,"ask":"version"}`, `{"id":5,"ask":"weather"}`)
	wantLines(t, got, `"id":4,"version":{"kubernetes":"1.`, `invalid character`, `cannot unmarshal number`, `cannot unmarshal object`,
		`cannot unmarshal array`, `unexpected end`, `after top-level value`, `"id":9,"version":{"kubernetes":"1.`, `unknown question`)
}

func TestTakesObjectsOneALine(t *testing.T) {
	const begin = `{"id":1,"ask":"objects","assume":true,"follow":true}`
	right, wrong := service(`[{"port":80}]`), service(`[{"port":80000}]`)
	text := fmt.Sprintf(`[{"text":%q}]`, strings.ReplaceAll(wrong, "cart", "other"))
	got := linesFor(t, begin, right, text, wrong, `{"broken"`, ``, `{"id":2,"ask":"version"}`)
	wantLines(t, got, `"answers":[{"verdict":"accepted"},{"verdict":"refused","reason":"Invalid","message":"Service \"other\"`, `"id":2,"version"`)
	for _, words := range []string{`Service \"cart\"`, `{"verdict":"refused","reason":"BadRequest"`} {
		wantLines(t, got[:1], words)
	}
	wantLines(t, linesFor(t, begin, right, `[5]`, right, ``, begin, right, ``, begin, right), `cannot unmarshal number`, `"answers":[{"verdict":"accepted"}]`, `EOF`)
}

func TestTakesOneDefaultPriorityAndNoSecond(t *testing.T) {
	class := func(name string) string {
		return fmt.Sprintf(`{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":%q},"value":10,"globalDefault":true}`, name)
	}
	wantVerdict(t, objectsAsked(t, class("low"))[0], "accepted", "")
	wantVerdict(t, objectsAsked(t, class("low"), class("other"))[1], "refused", "Only one default can exist")
}
