package main

import (
	"context"
	"encoding/json"
	"math/rand"
	"slices"
	"sort"

	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/events"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/features"
	"k8s.io/kubernetes/pkg/scheduler"
	"k8s.io/kubernetes/pkg/scheduler/framework"
	"k8s.io/kubernetes/pkg/scheduler/profile"
)

type pendingPod struct {
	Pod string `json:"pod"`
	Why string `json:"why"`
	// Volume says that the place where its volume is was lost.
	Volume bool `json:"volume,omitempty"`
}

// scenario is what the scheduler did in one situation: the pods of each node, and those that it left.
type scenario struct {
	Name    string              `json:"name"`
	Pods    int                 `json:"pods"`
	Pending []pendingPod        `json:"pending"`
	Nodes   map[string][]string `json:"nodes"`
	// Evicted are pods that had to go for more important ones, whether or not they found another place.
	Evicted []string `json:"evicted,omitempty"`
	placed  []*corev1.Pod
}

// cluster is what the pods are placed in.
type cluster struct {
	nodes   []*corev1.Node
	seed    int64
	budgets []*policyv1.PodDisruptionBudget
	classes []*storagev1.StorageClass
	volumes []*corev1.PersistentVolume
	claims  []*corev1.PersistentVolumeClaim
	// claimsOf are the claims of a pod whose volumes have a place, by its name.
	claimsOf map[string][]*corev1.PersistentVolumeClaim
}

func newCluster(question placementQuestion, objects []candidate) *cluster {
	c := &cluster{nodes: nodesOf(question.Nodes), seed: question.Seed, claimsOf: map[string][]*corev1.PersistentVolumeClaim{}}
	for _, given := range objects {
		about := head{}
		if json.Unmarshal(given.Object, &about) != nil {
			continue
		}
		switch about.Kind {
		case "PodDisruptionBudget":
			c.budgets = decoded(c.budgets, given)
		case "StorageClass":
			c.classes = decoded(c.classes, given)
		case "PersistentVolume":
			c.volumes = decoded(c.volumes, given)
		case "PersistentVolumeClaim":
			c.claims = decoded(c.claims, given)
		}
	}
	return c
}

func decoded[T any](into []*T, given candidate) []*T {
	object := new(T)
	if json.Unmarshal(given.Object, object) != nil {
		return into
	}
	return append(into, object)
}

// node is the node of a name; one without labels where the question has none.
func (c *cluster) node(name string) *corev1.Node {
	if index := slices.IndexFunc(c.nodes, func(n *corev1.Node) bool { return n.Name == name }); index >= 0 {
		return c.nodes[index]
	}
	return &corev1.Node{}
}

// run is one scheduler with what it has placed so far.
type run struct {
	*scenario
	scheduler *scheduler.Scheduler
	informers informers.SharedInformerFactory
	// victims are the pods that the last preemption deleted.
	victims []string
}

// place runs the scheduler's own cycle over the pods that have no node yet: the highest priority first, then as given, as
// its queue does. Pods that were evicted come back when the queue is empty, and those that were left are tried again as
// long as others move.
func (c *cluster) place(name string, pods ...*corev1.Pod) scenario {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	made := scenario{Name: name, Pods: len(pods), Pending: []pendingPod{}, Nodes: map[string][]string{}}
	r, err := c.newRun(ctx, &made)
	if err != nil {
		made.Pending = append(made.Pending, pendingPod{Why: err.Error()})
		return made
	}
	var queue []*corev1.Pod
	for _, pod := range pods {
		if pod.Spec.NodeName == "" {
			queue = append(queue, pod)
		} else {
			r.keep(pod)
		}
	}
	c.plantBudgets(r)
	for moved := true; moved && len(queue) > 0; {
		made.Pending = []pendingPod{}
		sort.SliceStable(queue, func(i, j int) bool { return priorityOf(queue[i]) > priorityOf(queue[j]) })
		var left, evicted []*corev1.Pod
		for _, pod := range queue {
			err := r.schedule(ctx, pod, &evicted)
			if err == nil {
				continue
			}
			left = append(left, pod)
			made.Pending = append(made.Pending, pendingPod{Pod: nameOf(pod), Why: err.Error(), Volume: len(c.claimsOf[nameOf(pod)]) > 0})
		}
		moved = len(left) < len(queue)
		queue = append(left, evicted...)
	}
	return made
}

func (c *cluster) newRun(ctx context.Context, made *scenario) (*run, error) {
	rand.Seed(1 + c.seed) //nolint:staticcheck // the scheduler draws from the global source
	// Preemption ends before the next pod is taken, not beside it.
	if err := utilfeature.DefaultMutableFeatureGate.Set(string(features.SchedulerAsyncPreemption) + "=false"); err != nil {
		return nil, err
	}
	client := fake.NewSimpleClientset()
	r := &run{scenario: made, informers: informers.NewSharedInformerFactory(client, 0)}
	client.PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) { return true, &corev1.Pod{}, nil })
	client.PrependReactor("delete", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		r.victims = append(r.victims, action.GetNamespace()+"/"+action.(clienttesting.DeleteAction).GetName())
		return true, nil, nil
	})
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	var err error
	r.scheduler, err = scheduler.New(ctx, client, r.informers, nil, profile.NewRecorderFactory(broadcaster), scheduler.WithParallelism(1))
	if err != nil {
		return nil, err
	}
	for _, node := range c.nodes {
		r.scheduler.Cache.AddNode(klog.Background(), node)
		made.Nodes[node.Name] = []string{}
	}
	return r, nil
}

func nameOf(pod *corev1.Pod) string { return pod.Namespace + "/" + pod.Name }

func (r *run) keep(pod *corev1.Pod) {
	if err := r.scheduler.Cache.AddPod(klog.Background(), pod); err == nil {
		r.placed = append(r.placed, pod)
		r.Nodes[pod.Spec.NodeName] = append(r.Nodes[pod.Spec.NodeName], nameOf(pod))
	}
}

// schedule binds a pod, if need be in the place of less important ones.
func (r *run) schedule(ctx context.Context, pod *corev1.Pod, evicted *[]*corev1.Pod) error {
	framework1 := r.scheduler.Profiles[corev1.DefaultSchedulerName]
	state := framework.NewCycleState()
	decision, err := r.scheduler.SchedulePod(ctx, framework1, state, pod)
	if fit, ok := err.(*framework.FitError); ok && slices.ContainsFunc(r.placed, func(p *corev1.Pod) bool { return priorityOf(p) < priorityOf(pod) }) {
		if failed := r.informers.Core().V1().Pods().Informer().GetIndexer().Add(pod); failed != nil {
			return failed
		}
		r.victims = nil
		if _, status := framework1.RunPostFilterPlugins(ctx, state, pod, fit.Diagnosis.NodeToStatus); !status.IsSuccess() {
			return err
		}
		for _, victim := range r.victims {
			*evicted = append(*evicted, r.evict(victim))
		}
		decision, err = r.scheduler.SchedulePod(ctx, framework1, framework.NewCycleState(), pod)
	}
	if err != nil {
		return err
	}
	bound := pod.DeepCopy()
	bound.Spec.NodeName = decision.SuggestedHost
	r.keep(bound)
	return nil
}

// evict takes a pod away, and gives the one that its controller makes in its place.
func (r *run) evict(name string) *corev1.Pod {
	index := slices.IndexFunc(r.placed, func(p *corev1.Pod) bool { return nameOf(p) == name })
	gone := r.placed[index]
	_ = r.scheduler.Cache.RemovePod(klog.Background(), gone) // It was kept, so the cache has it.
	r.placed = slices.Delete(r.placed, index, index+1)
	on := r.Nodes[gone.Spec.NodeName]
	r.Nodes[gone.Spec.NodeName] = slices.DeleteFunc(on, func(other string) bool { return other == name })
	r.Evicted = append(r.Evicted, name)
	again := gone.DeepCopy()
	again.Spec.NodeName = ""
	return again
}

// plantBudgets tells preemption how many pods each disruption budget can spare now.
func (c *cluster) plantBudgets(r *run) {
	for _, declared := range c.budgets {
		budget := declared.DeepCopy()
		selector, err := metav1.LabelSelectorAsSelector(budget.Spec.Selector)
		if err != nil {
			continue
		}
		healthy := 0
		for _, pod := range r.placed {
			if pod.Namespace == budget.Namespace && selector.Matches(labels.Set(pod.Labels)) {
				healthy++
			}
		}
		spare := 0
		if most := budget.Spec.MaxUnavailable; most != nil {
			spare, _ = intstr.GetScaledValueFromIntOrPercent(most, healthy, true)
		} else if least := budget.Spec.MinAvailable; least != nil {
			kept, _ := intstr.GetScaledValueFromIntOrPercent(least, healthy, true)
			spare = max(0, healthy-kept)
		}
		budget.Status.DisruptionsAllowed = int32(spare)
		_ = r.informers.Policy().V1().PodDisruptionBudgets().Informer().GetIndexer().Add(budget) // A map takes it.
	}
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}
