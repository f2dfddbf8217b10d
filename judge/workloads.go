package main

import (
	"encoding/json"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kubernetes/pkg/controller/daemon"
	"k8s.io/utils/ptr"
)

// group is a workload's pods: one admitted pod, and how many of it there may be.
type group struct {
	pod           *corev1.Pod
	minimum, most int
	surge         int
	daemon        *appsv1.DaemonSet
	claims        []corev1.PersistentVolumeClaim
	// owners are what its pods are made by: of a Deployment the set of pods that runs and the one that a rollout adds.
	owners []owner
}

// owner makes pods. Where nothing asks the scheduler to spread them, it spreads those of one owner.
type owner struct {
	kind string
	metav1.ObjectMeta
	selector *metav1.LabelSelector
}

func (o owner) claims(pod *corev1.Pod) {
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: o.kind, Name: o.Name, UID: types.UID(o.Name), Controller: ptr.To(true)}}
	for key, value := range o.Labels {
		pod.Labels[key] = value
	}
}

// workloads asks the server for the pods of each workload, as admission leaves them, and the autoscalers for their number.
func (s *server) workloads(question objectsQuestion) ([]group, error) {
	question.Assume, question.keeps = true, true
	answers, err := s.objects(question)
	if err != nil {
		return nil, err
	}
	limits := map[string]autoscalingv2.HorizontalPodAutoscalerSpec{}
	for _, given := range question.Objects {
		// Its fields are those of version 1 as well.
		scaler := autoscalingv2.HorizontalPodAutoscaler{}
		if json.Unmarshal(given.Object, &scaler) == nil && scaler.Kind == "HorizontalPodAutoscaler" {
			limits[scaler.Namespace+"/"+scaler.Spec.ScaleTargetRef.Kind+"/"+scaler.Spec.ScaleTargetRef.Name] = scaler.Spec
		}
	}
	var found []group
	for _, answer := range answers {
		if g := s.workload(answer.made, limits); g != nil {
			found = append(found, *g)
		}
	}
	return found, nil
}

func (s *server) workload(made runtime.Object, limits map[string]autoscalingv2.HorizontalPodAutoscalerSpec) *group {
	pod := podOf(made)
	if pod == nil {
		return nil
	}
	about, _ := meta.Accessor(made)
	g := sized(made, metav1.ObjectMeta{Namespace: about.GetNamespace(), Name: about.GetName()})
	if scaler, ok := limits[pod.Namespace+"/"+made.GetObjectKind().GroupVersionKind().Kind+"/"+about.GetName()]; ok {
		g.minimum, g.most = 1, int(scaler.MaxReplicas)
		if scaler.MinReplicas != nil {
			g.minimum = int(*scaler.MinReplicas)
		}
	}
	if len(g.owners) > 0 {
		g.owners[0].claims(pod)
	}
	if admitted, ok := s.create(pod).made.(*corev1.Pod); ok {
		pod = admitted
	}
	pod.Name = about.GetName()
	g.pod = pod
	switch owner := made.(type) {
	case *appsv1.StatefulSet:
		g.claims = owner.Spec.VolumeClaimTemplates
	case *appsv1.Deployment:
		g.surge = surge(owner, g.most)
	case *appsv1.DaemonSet:
		g.daemon = &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}}
		g.daemon.Spec.Template = corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: pod.Labels}, Spec: pod.Spec}
	}
	return &g
}

// sized reads how many pods an object asks for itself, and what makes them.
func sized(made runtime.Object, about metav1.ObjectMeta) group {
	switch of := made.(type) {
	case *appsv1.Deployment:
		g := counted(of.Spec.Replicas)
		for _, hash := range []string{"1", "2"} {
			set := about
			set.Name += "-" + hash
			set.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: hash}
			g.owners = append(g.owners, owner{"ReplicaSet", set, metav1.CloneSelectorAndAddLabel(of.Spec.Selector, appsv1.DefaultDeploymentUniqueLabelKey, hash)})
		}
		return g
	case *appsv1.StatefulSet:
		return counted(of.Spec.Replicas, owner{"StatefulSet", about, of.Spec.Selector})
	case *appsv1.ReplicaSet:
		return counted(of.Spec.Replicas, owner{"ReplicaSet", about, of.Spec.Selector})
	case *appsv1.DaemonSet:
		return counted(nil, owner{"DaemonSet", about, of.Spec.Selector})
	case *corev1.ReplicationController:
		return counted(of.Spec.Replicas)
	case *batchv1.Job:
		return counted(of.Spec.Parallelism)
	}
	return counted(nil)
}

func counted(pods *int32, owners ...owner) group {
	count := int(ptr.Deref(pods, 1))
	return group{minimum: count, most: count, owners: owners}
}

// surge is how many pods a rollout adds, as the deployment controller rounds it: up.
func surge(deployment *appsv1.Deployment, replicas int) int {
	if deployment.Spec.Strategy.RollingUpdate == nil {
		return 0
	}
	added, err := intstr.GetScaledValueFromIntOrPercent(deployment.Spec.Strategy.RollingUpdate.MaxSurge, replicas, true)
	if err != nil {
		return 0
	}
	return added
}

// podsOf makes the pods of all groups, in the order of the file.
func (c *cluster) podsOf(groups []group, count func(group) int) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, g := range groups {
		if g.daemon != nil {
			pods = append(pods, c.daemonPods(g)...)
			continue
		}
		for i := range count(g) {
			pods = append(pods, c.withVolumes(numbered(g.pod, fmt.Sprint(i)), g, i))
		}
	}
	return pods
}

// daemonPods are the pods that the controller of a DaemonSet makes: none for a node that its pods cannot run on.
func (c *cluster) daemonPods(g group) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, node := range c.nodes {
		if runs, _ := daemon.NodeShouldRunDaemonPod(node, g.daemon); runs {
			tolerant := g.pod.DeepCopy()
			tolerant.Spec = daemon.NewPod(g.daemon.DeepCopy(), "").Spec
			pods = append(pods, pinned(c.withVolumes(numbered(tolerant, node.Name), g, 0), []string{node.Name}))
		}
	}
	return pods
}

// surgeOf are the pods that a rollout of everything adds to the maximum, of the next template.
func (c *cluster) surgeOf(groups []group) []*corev1.Pod {
	var pods []*corev1.Pod
	for _, g := range groups {
		for i := range g.surge {
			pod := c.withVolumes(numbered(g.pod, fmt.Sprintf("next-%d", i)), g, i)
			g.owners[1].claims(pod)
			pods = append(pods, pod)
		}
	}
	return pods
}

func numbered(pod *corev1.Pod, suffix string) *corev1.Pod {
	copied := pod.DeepCopy()
	copied.Name = pod.Name + "-" + suffix
	copied.UID = types.UID(copied.Namespace + "/" + copied.Name)
	return copied
}

// ofDaemon says that a pod exists for its node alone.
func ofDaemon(pod *corev1.Pod) bool {
	owner := metav1.GetControllerOf(pod)
	return owner != nil && owner.Kind == "DaemonSet"
}
