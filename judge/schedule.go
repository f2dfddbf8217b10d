package main

import (
	"context"
	"math/rand"
	"reflect"
	"slices"
	"sort"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
	"k8s.io/client-go/tools/cache"
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

// run is one scheduler with what it has placed so far.
type run struct {
	*scenario
	cluster   *cluster
	scheduler *scheduler.Scheduler
	informers informers.SharedInformerFactory
	// victims are the pods that the last preemption deleted, leaving those of it and of earlier ones that still run.
	victims, leaving []string
	// linger is how probably an evicted pod is still there when the next pod is placed, again how probably those that were
	// left are tried at once when one was placed: both happen beside the scheduler's work, and not at all for the seed 0.
	linger, again float64
	// evicted are pods that wait to be made again, nominated those for which a node was cleared.
	evicted, nominated []*corev1.Pod
}

// place runs the scheduler's own cycle over the pods that have no node yet, as its queue does: the highest priority first,
// then as given. Those that were left are tried again as long as others move; then the evicted ones come back. Two pods can
// drive each other out for ever: here that ends.
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
			queue = append(queue, pod.DeepCopy())
		} else {
			r.keep(c.started(pod, 0))
		}
	}
	c.plantBudgets(r)
	for rounds := 0; len(queue)+len(r.evicted)+len(r.leaving) > 0 && rounds <= 2*len(pods); rounds++ {
		before := len(r.Evicted)
		left := r.round(ctx, queue)
		if len(left) == len(queue) && len(r.Evicted) == before && len(r.leaving) == 0 {
			if len(r.evicted) == 0 {
				break
			}
			left = append(left, r.back()...)
		}
		queue = left
	}
	for _, pod := range r.evicted {
		r.pend(pod, "evicted again and again")
	}
	return made
}

// round tries each pod of the queue, and gives those that were left. A placed pod may bring those back to the queue before
// the round is over, where it makes them possible.
func (r *run) round(ctx context.Context, queue []*corev1.Pod) []*corev1.Pod {
	r.Pending = []pendingPod{}
	var left []*corev1.Pod
	for byPriority(queue); len(queue) > 0; r.end() {
		pod := queue[0]
		queue = queue[1:]
		if err := r.schedule(ctx, pod); err != nil {
			left = append(left, pod)
			r.pend(pod, err.Error())
		} else if rand.Float64() < r.again {
			queue = append(queue, left...)
			byPriority(queue)
			left, r.Pending = nil, []pendingPod{}
		}
	}
	return left
}

func byPriority(queue []*corev1.Pod) {
	sort.SliceStable(queue, func(i, j int) bool { return priorityOf(queue[i]) > priorityOf(queue[j]) })
}

func (r *run) pend(pod *corev1.Pod, why string) {
	r.Pending = append(r.Pending, pendingPod{Pod: nameOf(pod), Why: why, Volume: len(r.cluster.claimsOf[nameOf(pod)]) > 0})
}

func (c *cluster) newRun(ctx context.Context, made *scenario) (*run, error) {
	rand.Seed(1 + c.seed) //nolint:staticcheck // the scheduler draws from the global source
	// Preemption ends before the next pod is taken, not beside it.
	if err := utilfeature.DefaultMutableFeatureGate.Set(string(features.SchedulerAsyncPreemption) + "=false"); err != nil {
		return nil, err
	}
	client := fake.NewSimpleClientset()
	r := &run{scenario: made, cluster: c, informers: informers.NewSharedInformerFactory(client, 0)}
	client.PrependReactor("patch", "pods", func(clienttesting.Action) (bool, runtime.Object, error) { return true, &corev1.Pod{}, nil })
	client.PrependReactor("delete", "pods", func(action clienttesting.Action) (bool, runtime.Object, error) {
		r.victims = append(r.victims, action.GetNamespace()+"/"+action.(clienttesting.DeleteAction).GetName())
		return true, nil, nil
	})
	if c.seed > 0 {
		r.linger, r.again = 0.95*rand.Float64(), max(0, rand.Float64()-0.5)
	}
	broadcaster := events.NewBroadcaster(&events.EventSinkImpl{Interface: client.EventsV1()})
	var err error
	r.scheduler, err = scheduler.New(ctx, client, r.informers, nil, profile.NewRecorderFactory(broadcaster), scheduler.WithParallelism(1))
	if err != nil {
		return nil, err
	}
	into := map[reflect.Type]cache.Indexer{
		reflect.TypeFor[*corev1.Service]():     r.informers.Core().V1().Services().Informer().GetIndexer(),
		reflect.TypeFor[*appsv1.ReplicaSet]():  r.informers.Apps().V1().ReplicaSets().Informer().GetIndexer(),
		reflect.TypeFor[*appsv1.StatefulSet](): r.informers.Apps().V1().StatefulSets().Informer().GetIndexer(),
	}
	for _, object := range c.spreads {
		if err := into[reflect.TypeOf(object)].Add(object); err != nil {
			return nil, err
		}
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

// started gives a pod the time at which its kubelet started it, if it has none: the scheduler evicts the youngest of equally
// important ones, and by chance where it cannot tell. With a seed, pods that start within a few seconds do so in any order.
func (c *cluster) started(pod *corev1.Pod, within int64) *corev1.Pod {
	if pod.Status.StartTime != nil {
		return pod
	}
	*c.starts++
	second := *c.starts
	if c.seed > 0 && within > 0 {
		second += rand.Int63n(within)
	}
	pod = pod.DeepCopy()
	// Two pods never start at once, because that would be one more tie.
	pod.Status.StartTime = &metav1.Time{Time: time.Unix(second, *c.starts)}
	return pod
}

// schedule binds a pod. Where less important ones are in its way they are evicted, and it is tried again in the next round.
func (r *run) schedule(ctx context.Context, pod *corev1.Pod) error {
	plugins := r.scheduler.Profiles[corev1.DefaultSchedulerName]
	state := framework.NewCycleState()
	decision, err := r.scheduler.SchedulePod(ctx, plugins, state, pod)
	if fit, ok := err.(*framework.FitError); ok && slices.ContainsFunc(r.placed, func(p *corev1.Pod) bool { return priorityOf(p) < priorityOf(pod) }) {
		r.preempt(ctx, plugins, state, pod, fit)
		if pod.Status.NominatedNodeName != "" && r.chance() {
			decision, err = r.scheduler.SchedulePod(ctx, plugins, framework.NewCycleState(), pod)
		}
	}
	if err != nil {
		return err
	}
	r.scheduler.SchedulingQueue.Delete(pod)
	bound := pod.DeepCopy()
	bound.Spec.NodeName = decision.SuggestedHost
	bound.Status.StartTime = nil
	r.keep(r.cluster.started(bound, 10))
	return nil
}

// chance decides what two programs race for: whether evicted pods are gone before the next pod is tried, or are seen to end,
// which of them is made again first, and whether it is placed before the next one is made. The seed 0 takes what happens while
// pods end slowly.
func (r *run) chance() bool { return r.cluster.seed > 0 && rand.Intn(2) == 0 }
