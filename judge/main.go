//go:debug randseednop=0

// Command judge answers questions about manifests with the code that a cluster itself runs: one question a line of JSON
// on standard input, one answer a line on standard output. The objects of a question may follow it, one a line.
package main

import (
	"bufio"
	"bytes"
	"cmp"
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
	// Follow says that the objects follow one a line, up to an empty line: each is looked at while the caller reads the next.
	Follow bool `json:"follow,omitempty"`
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
	debug.SetMemoryLimit(190 << 20)
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
	lines := bufio.NewReaderSize(in, 1<<20)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			if err := encoder.Encode(s.answerTo(line, lines)); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// answerTo reads what follows the line of a question, and answers it. What is wrong spoils its own question, and the next one is read.
func (s *server) answerTo(line []byte, rest *bufio.Reader) answer {
	q := question{}
	err := json.Unmarshal(line, &q)
	if err == nil && q.Follow {
		q.Objects, err = following(rest)
	}
	if err != nil {
		return answer{ID: q.ID, Error: err.Error()}
	}
	return s.reply(q)
}

// following reads objects one a line, up to an empty line. What they carry as text is judged meanwhile, on one processor, because the caller
// still reads manifests on another.
func following(lines *bufio.Reader) ([]candidate, error) {
	var objects []candidate
	var failed error
	early := make(chan func() []textProblem, 1<<16)
	defer close(early)
	go func() {
		for judged := range early {
			judged()
		}
	}()
	for {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			return objects, failed
		}
		one, err := arrived(line)
		failed = cmp.Or(failed, err)
		if one.texts != nil && len(early) < cap(early) {
			early <- one.texts
		}
		objects = append(objects, one)
	}
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
