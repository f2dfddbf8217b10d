package main

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/component-helpers/storage/volume"
	corehelper "k8s.io/kubernetes/pkg/apis/core/v1/helper"
)

// withVolumes lets a pod run only where the volumes that it claims can be. Where the disks of a class are that the
// question does not declare is no fact of these manifests.
func (c *cluster) withVolumes(pod *corev1.Pod, g group, ordinal int) *corev1.Pod {
	var claims []*corev1.PersistentVolumeClaim
	for _, template := range g.claims {
		claim := template.DeepCopy()
		claim.Namespace, claim.Name = pod.Namespace, fmt.Sprintf("%s-%s-%d", template.Name, g.pod.Name, ordinal)
		claims = append(claims, claim)
	}
	for _, v := range pod.Spec.Volumes {
		for _, claim := range c.claims {
			if v.PersistentVolumeClaim != nil && claim.Namespace == pod.Namespace && claim.Name == v.PersistentVolumeClaim.ClaimName {
				claims = append(claims, claim)
			}
		}
	}
	pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(v corev1.Volume) bool { return v.PersistentVolumeClaim != nil || v.Ephemeral != nil })
	claims = slices.DeleteFunc(claims, func(claim *corev1.PersistentVolumeClaim) bool {
		return len(c.candidates(claim)) == 0 && c.class(claim) == nil
	})
	if len(claims) > 0 {
		c.claimsOf[nameOf(pod)] = claims
	}
	for _, claim := range claims {
		pod = pinned(pod, c.nodesWhere(func(n *corev1.Node) bool { return c.reaches(claim, n) }))
	}
	return pod
}

// displaced is the pod that replaces one whose node was lost. It can run only where the same volumes are reached.
func (c *cluster) displaced(pod *corev1.Pod, from *corev1.Node) *corev1.Pod {
	again := pod.DeepCopy()
	again.Spec.NodeName = ""
	for _, claim := range c.claimsOf[nameOf(pod)] {
		again = pinned(again, c.nodesWhere(func(n *corev1.Node) bool { return c.reaches(claim, n) && c.shares(claim, from, n) }))
	}
	return again
}

func (c *cluster) nodesWhere(holds func(*corev1.Node) bool) []string {
	names := []string{}
	for _, node := range c.nodes {
		if holds(node) {
			names = append(names, node.Name)
		}
	}
	return names
}

// class is the declared storage class of a claim: the one that it names, else the default one.
func (c *cluster) class(claim *corev1.PersistentVolumeClaim) *storagev1.StorageClass {
	for _, class := range c.classes {
		if name := claim.Spec.StorageClassName; name != nil && *name == class.Name ||
			name == nil && class.Annotations["storageclass.kubernetes.io/is-default-class"] == "true" {
			return class
		}
	}
	return nil
}

// candidates are the declared volumes that a claim could be bound to.
func (c *cluster) candidates(claim *corev1.PersistentVolumeClaim) []*corev1.PersistentVolume {
	var found []*corev1.PersistentVolume
	class := c.class(claim)
	for _, v := range c.volumes {
		asked, given := claim.Spec.Resources.Requests[corev1.ResourceStorage], v.Spec.Capacity[corev1.ResourceStorage]
		if v.Name == claim.Spec.VolumeName || claim.Spec.VolumeName == "" && class != nil && v.Spec.StorageClassName == class.Name && given.Cmp(asked) >= 0 {
			found = append(found, v)
		}
	}
	return found
}

func reached(v *corev1.PersistentVolume, node *corev1.Node) bool {
	return volume.CheckNodeAffinity(v, node.Labels) == nil
}

// reaches says that a volume of a claim can be used on a node.
func (c *cluster) reaches(claim *corev1.PersistentVolumeClaim, node *corev1.Node) bool {
	for _, v := range c.candidates(claim) {
		if reached(v, node) {
			return true
		}
	}
	class := c.class(claim)
	return class != nil && class.Provisioner != "kubernetes.io/no-provisioner" &&
		(len(class.AllowedTopologies) == 0 || corehelper.MatchTopologySelectorTerms(class.AllowedTopologies, labels.Set(node.Labels)))
}

// shares says that the volume which a claim got on one node is reached from another as well.
func (c *cluster) shares(claim *corev1.PersistentVolumeClaim, one, other *corev1.Node) bool {
	for _, v := range c.candidates(claim) {
		if reached(v, one) {
			return reached(v, other)
		}
	}
	for _, term := range c.class(claim).AllowedTopologies {
		for _, expression := range term.MatchLabelExpressions {
			if one.Labels[expression.Key] != other.Labels[expression.Key] {
				return false
			}
		}
	}
	return true
}

// pinned lets a pod run on these nodes alone, beside what it asks for itself.
func pinned(pod *corev1.Pod, nodes []string) *corev1.Pod {
	affinity := pod.Spec.Affinity.DeepCopy()
	if affinity == nil {
		affinity = &corev1.Affinity{}
	}
	if affinity.NodeAffinity == nil {
		affinity.NodeAffinity = &corev1.NodeAffinity{}
	}
	required := affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution
	if required == nil || len(required.NodeSelectorTerms) == 0 {
		required = &corev1.NodeSelector{NodeSelectorTerms: []corev1.NodeSelectorTerm{{}}}
	}
	var terms []corev1.NodeSelectorTerm
	for _, term := range required.NodeSelectorTerms {
		// A field is compared with one value, so each node is a term of its own.
		for _, node := range nodes {
			one := *term.DeepCopy()
			one.MatchFields = append(one.MatchFields, corev1.NodeSelectorRequirement{Key: metav1.ObjectNameField, Operator: corev1.NodeSelectorOpIn, Values: []string{node}})
			terms = append(terms, one)
		}
	}
	affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution = &corev1.NodeSelector{NodeSelectorTerms: terms}
	pod.Spec.Affinity = affinity
	return pod
}
