package main

import (
	"context"
	"math/rand"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/scheduler/framework"
)

// preempt evicts pods for a more important one and keeps their node for it while they end, as the scheduler does: the pods
// after it in the queue are placed meanwhile, and may still be in its way.
func (r *run) preempt(ctx context.Context, plugins framework.Framework, state *framework.CycleState, pod *corev1.Pod, fit *framework.FitError) {
	queue := r.scheduler.SchedulingQueue
	queue.Delete(pod)
	pod.Status.NominatedNodeName = ""
	_ = r.informers.Core().V1().Pods().Informer().GetIndexer().Add(pod) // A map takes it.
	r.victims = nil
	result, status := plugins.RunPostFilterPlugins(ctx, state, pod, fit.Diagnosis.NodeToStatus)
	if !status.IsSuccess() {
		return
	}
	for _, name := range r.victims {
		r.terminate(ctx, name)
	}
	r.leaving = append(r.leaving, r.victims...)
	r.end()
	pod.Status.NominatedNodeName = result.NominatedNodeName
	for _, other := range r.nominated {
		if other.Status.NominatedNodeName == pod.Status.NominatedNodeName && priorityOf(other) < priorityOf(pod) {
			queue.Delete(other)
			other.Status.NominatedNodeName = ""
		}
	}
	r.nominated = append(r.nominated, pod)
	queue.Add(klog.Background(), pod)
}

// terminate lets the scheduler see, by chance before it goes on, that a pod is being deleted: it then counts it no longer
// where pods are spread, and waits for it where it cleared the node.
func (r *run) terminate(ctx context.Context, name string) {
	index := slices.IndexFunc(r.placed, func(p *corev1.Pod) bool { return nameOf(p) == name })
	if index < 0 || !r.chance() {
		return
	}
	ending := r.placed[index].DeepCopy()
	ending.DeletionTimestamp = &metav1.Time{Time: time.Unix(*r.cluster.starts, 0)}
	if err := r.scheduler.Cache.UpdatePod(klog.FromContext(ctx), r.placed[index], ending); err == nil {
		r.placed[index] = ending
	}
}

// end takes evicted pods away, as soon as they have ended, and keeps those that their controllers make in their place.
func (r *run) end() {
	var still []string
	for _, name := range r.leaving {
		if index := slices.IndexFunc(r.placed, func(p *corev1.Pod) bool { return nameOf(p) == name }); rand.Float64() < r.linger {
			still = append(still, name)
		} else if index >= 0 {
			r.evicted = append(r.evicted, r.evict(name, index))
		}
	}
	r.leaving = still
}

func (r *run) evict(name string, index int) *corev1.Pod {
	gone := r.placed[index]
	_ = r.scheduler.Cache.RemovePod(klog.Background(), gone) // It was kept, so the cache has it.
	r.placed = slices.Delete(r.placed, index, index+1)
	on := r.Nodes[gone.Spec.NodeName]
	r.Nodes[gone.Spec.NodeName] = slices.DeleteFunc(on, func(other string) bool { return other == name })
	r.Evicted = append(r.Evicted, name)
	again := gone.DeepCopy()
	again.Spec.NodeName, again.DeletionTimestamp = "", nil
	return again
}

// back gives evicted pods that their controllers make again: all at once, or one that is placed before the next one is made.
func (r *run) back() []*corev1.Pod {
	count := len(r.evicted)
	if r.chance() {
		count = 1
	}
	rand.Shuffle(len(r.evicted), func(i, j int) {
		if r.chance() {
			r.evicted[i], r.evicted[j] = r.evicted[j], r.evicted[i]
		}
	})
	made := r.evicted[:count]
	r.evicted = slices.Clone(r.evicted[count:])
	return made
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}
