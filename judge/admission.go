package main

import (
	"cmp"
	"context"
	"reflect"
	"slices"

	corev1 "k8s.io/api/core/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/initializer"
	mutatingpolicy "k8s.io/apiserver/pkg/admission/plugin/policy/mutating"
	validatingpolicy "k8s.io/apiserver/pkg/admission/plugin/policy/validating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/mutating"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/validating"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	genericapiserver "k8s.io/apiserver/pkg/server"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/tools/cache"
	kubeadmission "k8s.io/kubernetes/pkg/kubeapiserver/admission"
	kubeoptions "k8s.io/kubernetes/pkg/kubeapiserver/options"
	quotainstall "k8s.io/kubernetes/pkg/quota/v1/install"
)

// seeds are the objects of a question that change what admission says of the others: a namespace's level, its quota,
// classes. They go straight into the informers' caches, so that an answer never waits for a watch.
type seeds struct {
	client    kubernetes.Interface
	informers informers.SharedInformerFactory
	// caches hold the planted objects by kind.
	caches map[string]cache.Indexer
}

func newSeeds() *seeds {
	client := fake.NewSimpleClientset()
	all := informers.NewSharedInformerFactory(client, 0)
	core := all.Core().V1()
	return &seeds{client: client, informers: all, caches: map[string]cache.Indexer{
		"Namespace":      core.Namespaces().Informer().GetIndexer(),
		"ServiceAccount": core.ServiceAccounts().Informer().GetIndexer(),
		"LimitRange":     core.LimitRanges().Informer().GetIndexer(),
		"ResourceQuota":  core.ResourceQuotas().Informer().GetIndexer(),
		"PriorityClass":  all.Scheduling().V1().PriorityClasses().Informer().GetIndexer(),
		"RuntimeClass":   all.Node().V1().RuntimeClasses().Informer().GetIndexer(),
		"StorageClass":   all.Storage().V1().StorageClasses().Informer().GetIndexer(),
		"IngressClass":   all.Networking().V1().IngressClasses().Informer().GetIndexer(),
	}}
}

// wants says that objects of a kind change what admission says of others.
func (s *seeds) wants(kind string) bool {
	_, ok := s.caches[kind]
	return ok
}

// reset forgets the last question, then plants what every cluster has.
func (s *seeds) reset() error {
	for kind, indexer := range s.caches {
		if err := indexer.Replace(bootstrapped(kind), ""); err != nil {
			return err
		}
	}
	return nil
}

func bootstrapped(kind string) []any {
	switch kind {
	case "Namespace":
		return []any{namespace("default"), namespace("kube-system"), namespace("kube-public"), namespace("kube-node-lease")}
	case "ServiceAccount":
		return []any{account("default", "default"), account("kube-system", "default")}
	case "PriorityClass":
		return []any{priority("system-cluster-critical", 2000000000), priority("system-node-critical", 2000001000)}
	}
	return nil
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{corev1.LabelMetadataName: name}}, Status: corev1.NamespaceStatus{Phase: corev1.NamespaceActive}}
}

func account(space, name string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: space, Name: name}}
}

func priority(name string, value int32) *schedulingv1.PriorityClass {
	return &schedulingv1.PriorityClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Value: value}
}

// plant puts a decoded object where admission looks for it. A later declaration of the same name replaces an earlier one.
func (s *seeds) plant(object runtime.Object) error {
	switch seed := object.(type) {
	case *corev1.Namespace:
		seed.Status.Phase = corev1.NamespaceActive
		if err := s.caches["ServiceAccount"].Add(account(seed.Name, "default")); err != nil {
			return err
		}
		if seed.Labels == nil {
			seed.Labels = map[string]string{}
		}
		seed.Labels[corev1.LabelMetadataName] = seed.Name
	case *corev1.ResourceQuota:
		object = withUsage(seed)
	}
	if into := s.caches[reflect.TypeOf(object).Elem().Name()]; into != nil {
		return into.Add(object)
	}
	return nil
}

const globalDefault = "globalDefault"

// isOnlyDefault says that an object is the class of all pods that name none, and no other is. Classes are planted before
// they are judged, and admission would take the planted one for another.
func (s *seeds) isOnlyDefault(object *unstructured.Unstructured) bool {
	if is, _, _ := unstructured.NestedBool(object.Object, globalDefault); object.GetKind() != "PriorityClass" || !is {
		return false
	}
	return !slices.ContainsFunc(s.caches["PriorityClass"].List(), func(one any) bool {
		class := one.(*schedulingv1.PriorityClass)
		return class.GlobalDefault && class.Name != object.GetName()
	})
}

// withUsage gives a quota the status that its controller would have written: nothing used yet.
func withUsage(quota *corev1.ResourceQuota) *corev1.ResourceQuota {
	quota.Status = corev1.ResourceQuotaStatus{Hard: quota.Spec.Hard, Used: corev1.ResourceList{}}
	for name := range quota.Spec.Hard {
		quota.Status.Used[name] = quantity.Quantity{}
	}
	return quota
}

// assume plants what an object refers to and the question does not hold: somebody else may well provide it.
func (s *seeds) assume(object metav1.Object, spec *corev1.PodSpec) error {
	space := cmp.Or(object.GetNamespace(), metav1.NamespaceDefault)
	missing := []metav1.Object{namespace(space)}
	if spec != nil {
		for _, name := range []string{spec.ServiceAccountName, spec.DeprecatedServiceAccount} {
			missing = append(missing, account(space, name))
		}
		missing = append(missing, priority(spec.PriorityClassName, 0))
		if class := spec.RuntimeClassName; class != nil {
			missing = append(missing, &nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: *class}, Handler: *class})
		}
	}
	for _, one := range missing {
		if _, exists, _ := s.caches[reflect.TypeOf(one).Elem().Name()].Get(one); one.GetName() == "" || exists {
			continue
		}
		if err := s.plant(one.(runtime.Object)); err != nil {
			return err
		}
	}
	return nil
}

// unaskable are the plugins that act only on objects of a running cluster: webhooks and policies.
var unaskable = []string{mutating.PluginName, validating.PluginName, mutatingpolicy.PluginName, validatingpolicy.PluginName}

// admissionChain is the chain that kube-apiserver runs by default, in its order.
func admissionChain(s *seeds, allow authorizer.Authorizer) admission.Interface {
	plugins := admission.NewPlugins()
	kubeoptions.RegisterAllAdmissionPlugins(plugins)
	genericapiserver.RegisterAllAdmissionPlugins(plugins)
	off := kubeoptions.DefaultOffAdmissionPlugins()
	var names []string
	for _, name := range kubeoptions.AllOrderedPlugins {
		if !off.Has(name) && !slices.Contains(unaskable, name) {
			names = append(names, name)
		}
	}
	ctx := context.Background()
	initializers := append(must((&kubeadmission.Config{}).New()),
		initializer.New(s.client, nil, s.informers, allow, utilfeature.DefaultFeatureGate, make(chan struct{}), nil),
		quotas{})
	provider := must(admission.ReadAdmissionConfiguration(names, "", nil))
	chain := must(plugins.NewFromPlugins(names, provider, admission.PluginInitializers(initializers), nil))
	s.informers.Start(ctx.Done())
	s.informers.WaitForCacheSync(ctx.Done())
	return chain
}

// quotas gives the quota plugin its evaluators, as the control plane does.
type quotas struct{}

func (quotas) Initialize(plugin admission.Interface) {
	if wants, ok := plugin.(initializer.WantsQuotaConfiguration); ok {
		wants.SetQuotaConfiguration(quotainstall.NewQuotaConfigurationForAdmission())
	}
}
