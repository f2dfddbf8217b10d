//go:debug randseednop=0

// Command judge answers questions about manifests with the code that a cluster itself runs: one question a line of JSON
// on standard input, one answer a line on standard output.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"
	"runtime/debug"

	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"k8s.io/klog/v2"
)

// question is one line. ID comes back with the answer.
type question struct {
	ID  int    `json:"id"`
	Ask string `json:"ask"`
	objectsQuestion
	placementQuestion
	// Kinds names embedded definitions, as the version's answer lists them.
	Kinds []string `json:"kinds,omitempty"`
}

type answer struct {
	ID      int            `json:"id"`
	Answers []objectAnswer `json:"answers,omitempty"`
	Version *versions      `json:"version,omitempty"`
	// Definitions are the embedded definitions that were asked for.
	Definitions []json.RawMessage `json:"definitions,omitempty"`
	placed
	Error string `json:"error,omitempty"`
}

// versions says which code answers.
type versions struct {
	Kubernetes string   `json:"kubernetes"`
	Texts      bool     `json:"texts"`
	Customs    []string `json:"customs"`
}

func main() {
	// The scheduler breaks ties by chance: with a seed, two runs give the same answer.
	rand.Seed(1) //nolint:staticcheck // the scheduler draws from the global source
	debug.SetGCPercent(300)
	debug.SetMemoryLimit(300 << 20)
	quiet()
	if err := serve(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "judge:", err)
		os.Exit(1)
	}
}

// quiet stops what the libraries log: a caller reads answers.
func quiet() {
	klog.LogToStderr(false)
	klog.SetOutput(io.Discard)
	utilruntime.ErrorHandlers = nil
}

func serve(in io.Reader, out io.Writer) error {
	s := newServer()
	encoder := json.NewEncoder(out)
	questions := json.NewDecoder(in)
	for {
		q, err := readQuestion(questions)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return encoder.Encode(answer{Error: err.Error()}) // Where the next question begins, nobody knows.
		}
		if err := encoder.Encode(s.reply(q)); err != nil {
			return err
		}
	}
}

// readQuestion takes one object after the other: the line of thousands would stand in memory beside them, and most of it is
// read while the caller still writes.
func readQuestion(from *json.Decoder) (question, error) {
	q, others := question{}, map[string]json.RawMessage{}
	_, err := from.Token()
	for err == nil && from.More() {
		field, failed := from.Token()
		if err = failed; field == "objects" {
			q.Objects, err = readObjects(from)
		} else if err == nil {
			value := json.RawMessage{}
			err = from.Decode(&value)
			others[fmt.Sprint(field)] = value
		}
	}
	if err == nil {
		_, err = from.Token()
	}
	if err != nil {
		return q, err
	}
	text, err := json.Marshal(others)
	if err != nil {
		return q, err
	}
	return q, json.Unmarshal(text, &q)
}

func readObjects(from *json.Decoder) ([]candidate, error) {
	objects := []candidate{}
	_, err := from.Token()
	for err == nil && from.More() {
		one := candidate{}
		err = from.Decode(&one)
		objects = append(objects, one)
	}
	if err == nil {
		_, err = from.Token()
	}
	return objects, err
}

func (s *server) reply(q question) answer {
	reply := answer{ID: q.ID}
	var err error
	switch q.Ask {
	case "version":
		reply.Version = &versions{Kubernetes: kubernetesVersion, Texts: asksTexts, Customs: embeddedKinds()}
	case "definitions":
		reply.Definitions, err = definitionsOf(q.Kinds)
	case "placement":
		reply.placed, err = s.placement(q.objectsQuestion, q.placementQuestion)
	case "objects":
		reply.Answers, err = s.objects(q.objectsQuestion)
	default:
		err = fmt.Errorf("unknown question %q", q.Ask)
	}
	if err != nil {
		reply.Error = err.Error()
	}
	return reply
}
