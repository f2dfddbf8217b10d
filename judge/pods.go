package main

import (
	"cmp"
	"errors"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/pod-security-admission/admission"
	podsecurity "k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

// makers tells the kinds that make pods, as the Pod Security plugin does.
var makers = admission.DefaultPodSpecExtractor{}

// podOf is the pod that an object is or would make; nil for every other kind.
func podOf(object runtime.Object) *corev1.Pod {
	if object == nil {
		return nil
	}
	about, spec, err := makers.ExtractPodSpec(object)
	owner, failed := meta.Accessor(object)
	if err != nil || failed != nil || spec == nil {
		return nil
	}
	pod := &corev1.Pod{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Pod"}, ObjectMeta: *about.DeepCopy(), Spec: *spec.DeepCopy()}
	pod.Namespace = cmp.Or(owner.GetNamespace(), metav1.NamespaceDefault)
	if _, ok := object.(*corev1.Pod); !ok {
		pod.Name = podName(owner.GetName())
	}
	if set, ok := object.(*appsv1.StatefulSet); ok {
		claimed(pod, set)
	}
	return pod
}

// podName is a name within what a name may have, as the name generator's are, and the same in every run.
func podName(owner string) string { return owner[:min(len(owner), 57)] + "-0" }

// claimed gives the pod the volumes that a StatefulSet's controller makes of its claim templates, which win over the
// template's own volumes of the same name.
func claimed(pod *corev1.Pod, set *appsv1.StatefulSet) {
	for _, template := range set.Spec.VolumeClaimTemplates {
		pod.Spec.Volumes = slices.DeleteFunc(pod.Spec.Volumes, func(own corev1.Volume) bool { return own.Name == template.Name })
		pod.Spec.Volumes = append(pod.Spec.Volumes, corev1.Volume{Name: template.Name, VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: template.Name + "-" + set.Name + "-0"}}})
	}
}

// podSpec is the specification of the pods that an object makes.
func podSpec(object runtime.Object) *corev1.PodSpec {
	if pod := podOf(object); pod != nil {
		return &pod.Spec
	}
	return nil
}

var evaluator = func() policy.Evaluator {
	made, err := policy.NewEvaluator(policy.DefaultChecks())
	if err != nil {
		panic(errors.Join(errors.New("the library's own checks"), err))
	}
	return made
}()

// evaluate asks the Pod Security library for one level, whatever the namespace declares.
func evaluate(level podsecurity.Level, pod *corev1.Pod) []violation {
	found := []violation{}
	results := evaluator.EvaluatePod(podsecurity.LevelVersion{Level: level, Version: podsecurity.LatestVersion()}, &pod.ObjectMeta, &pod.Spec)
	for _, result := range results {
		if !result.Allowed {
			found = append(found, violation{Level: string(level), Reason: result.ForbiddenReason, Detail: result.ForbiddenDetail})
		}
	}
	return found
}
