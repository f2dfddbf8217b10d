package main

import (
	"encoding/json"
	"fmt"
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
	for _, candidate := range question.Objects {
		scaler := autoscalingv2.HorizontalPodAutoscaler{}
		if t := read(candidate); t.failed == nil && t.kind.Kind == "HorizontalPodAutoscaler" && json.Unmarshal(candidate.Object, &scaler) == nil {
			limits[scaler.Namespace+"/"+scaler.Spec.ScaleTargetRef.Kind+"/"+scaler.Spec.ScaleTargetRef.Name] = scaler.Spec
		}
	}
	var found []group
	for i, candidate := range question.Objects {
		t := read(candidate)
		if t.failed != nil || answers[i].Verdict != "accepted" {
			continue
		}
		if g := s.workload(answers[i].result, t, limits); g != nil {
			found = append(found, *g)
		}
	}
	return found, nil
}

func (s *server) workload(answer []byte, t *task, limits map[string]autoscalingv2.HorizontalPodAutoscalerSpec) *group {
	pod := podOf(answer, t.object)
	if pod == nil {
		return nil
	}
	g := sized(answer, t)
	if scaler, ok := limits[pod.Namespace+"/"+t.kind.Kind+"/"+t.object.GetName()]; ok {
		g.minimum, g.most = 1, int(scaler.MaxReplicas)
		if scaler.MinReplicas != nil {
			g.minimum = int(*scaler.MinReplicas)
		}
	}
	if len(g.owners) > 0 {
		g.owners[0].claims(pod)
	}
	if admitted := s.create(pod); admitted.Verdict == "accepted" {
		full := &corev1.Pod{}
		if json.Unmarshal(admitted.result, full) == nil {
			pod = full
		}
	}
	pod.Name = t.object.GetName()
	g.pod, g.claims, g.surge = pod, claimsOf(answer), surge(answer, g.most)
	if t.kind.Kind == "DaemonSet" {
		g.daemon = &appsv1.DaemonSet{ObjectMeta: metav1.ObjectMeta{Namespace: pod.Namespace, Name: pod.Name}}
		g.daemon.Spec.Template = corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: pod.Labels}, Spec: pod.Spec}
	}
	return &g
}

// sized reads how many pods an object asks for itself, and what makes them.
func sized(answer []byte, t *task) group {
	fields := struct {
		Spec struct {
			Replicas, Parallelism *int
			Selector              *metav1.LabelSelector
		} `json:"spec"`
	}{}
	g := group{minimum: 1}
	if json.Unmarshal(answer, &fields) == nil {
		for _, given := range []*int{fields.Spec.Replicas, fields.Spec.Parallelism} {
			if given != nil {
				g.minimum = *given
			}
		}
	}
	g.most = g.minimum
	about := metav1.ObjectMeta{Namespace: t.object.GetNamespace(), Name: t.object.GetName()}
	switch {
	case t.kind.Kind == "Deployment":
		for _, hash := range []string{"1", "2"} {
			made, selector := about, fields.Spec.Selector.DeepCopy()
			made.Name += "-" + hash
			made.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: hash}
			selector.MatchLabels = maps.Clone(selector.MatchLabels)
			if selector.MatchLabels == nil {
				selector.MatchLabels = map[string]string{}
			}
			maps.Copy(selector.MatchLabels, made.Labels)
			g.owners = append(g.owners, owner{"ReplicaSet", made, selector})
		}
	case t.kind.Group == "apps":
		g.owners = []owner{{t.kind.Kind, about, fields.Spec.Selector}}
	}
	return g
}

// surge is how many pods a rollout adds, as the deployment controller rounds it: up.
func surge(answer []byte, replicas int) int {
	deployment := appsv1.Deployment{}
	if json.Unmarshal(answer, &deployment) != nil || deployment.Kind != "Deployment" || deployment.Spec.Strategy.RollingUpdate == nil {
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
