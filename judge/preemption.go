package main

import (
	"context"
	"math/rand"
	"slices"

	corev1 "k8s.io/api/core/v1"
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
	again.Spec.NodeName = ""
	return again
}

func priorityOf(pod *corev1.Pod) int32 {
	if pod.Spec.Priority == nil {
		return 0
	}
	return *pod.Spec.Priority
}
