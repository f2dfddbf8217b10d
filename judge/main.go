//go:debug randseednop=0

// Command judge answers questions about manifests with the code that a cluster itself runs: one question a line of JSON
// on standard input, one answer a line on standard output.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
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
	questions := bufio.NewReaderSize(in, 1<<20)
	for {
		if _, err := questions.Peek(1); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		one := line{from: questions}
		q, err := readQuestion(json.NewDecoder(&one))
		// What is wrong spoils its own line, and the next one is read.
		if _, rest := io.Copy(io.Discard, &one); rest != nil {
			return rest
		}
		reply := answer{}
		if err != nil {
			reply.Error = err.Error()
		} else {
			reply = s.reply(q)
		}
		if err := encoder.Encode(reply); err != nil {
			return err
		}
	}
}

// line reads up to the end of a line and no further.
type line struct {
	from  *bufio.Reader
	ended bool
}

func (l *line) Read(to []byte) (int, error) {
	if l.ended {
		return 0, io.EOF
	}
	if _, err := l.from.Peek(1); err != nil {
		return 0, err
	}
	there, _ := l.from.Peek(min(len(to), l.from.Buffered()))
	if end := bytes.IndexByte(there, '\n'); end >= 0 {
		there, l.ended = there[:end+1], true
	}
	return l.from.Read(to[:len(there)])
}

// readQuestion takes one object after the other: the line of thousands would stand in memory beside them, and most of it is
// read while the caller still writes.
func readQuestion(from *json.Decoder) (question, error) {
	q, others := question{}, map[string]json.RawMessage{}
	_, err := opens(from, '{')
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
	if _, err := from.Token(); err != io.EOF {
		return q, errors.New("something stands behind the question")
	}
	text, err := json.Marshal(others)
	if err != nil {
		return q, err
	}
	return q, json.Unmarshal(text, &q)
}

// opens reads what a list or an object begins with. Where nothing is given (null), there is none.
func opens(from *json.Decoder, with json.Delim) (bool, error) {
	token, err := from.Token()
	if err != nil || token == nil {
		return false, err
	}
	if token != with {
		return false, fmt.Errorf("%v stands where %v is expected", token, with)
	}
	return true, nil
}

func readObjects(from *json.Decoder) ([]candidate, error) {
	objects := []candidate{}
	isList, err := opens(from, '[')
	if !isList {
		return nil, err
	}
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
