package main

import (
	"context"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	schedulingv1 "k8s.io/api/scheduling/v1"
	storagev1 "k8s.io/api/storage/v1"
	quantity "k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
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
}

func newSeeds() (*seeds, error) {
	client := fake.NewSimpleClientset()
	return &seeds{client: client, informers: informers.NewSharedInformerFactory(client, 0)}, nil
}

func (s *seeds) start(ctx context.Context) {
	s.informers.Start(ctx.Done())
	s.informers.WaitForCacheSync(ctx.Done())
}

func (s *seeds) indexers() map[string]cache.Indexer {
	core := s.informers.Core().V1()
	return map[string]cache.Indexer{
		"Namespace":      core.Namespaces().Informer().GetIndexer(),
		"ServiceAccount": core.ServiceAccounts().Informer().GetIndexer(),
		"LimitRange":     core.LimitRanges().Informer().GetIndexer(),
		"ResourceQuota":  core.ResourceQuotas().Informer().GetIndexer(),
		"PriorityClass":  s.informers.Scheduling().V1().PriorityClasses().Informer().GetIndexer(),
		"RuntimeClass":   s.informers.Node().V1().RuntimeClasses().Informer().GetIndexer(),
		"StorageClass":   s.informers.Storage().V1().StorageClasses().Informer().GetIndexer(),
		"IngressClass":   s.informers.Networking().V1().IngressClasses().Informer().GetIndexer(),
	}
}

// reset forgets the last question, then plants what every cluster has.
func (s *seeds) reset() error {
	for kind, indexer := range s.indexers() {
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
		if err := s.indexers()["ServiceAccount"].Add(account(seed.Name, "default")); err != nil {
			return err
		}
		if seed.Labels == nil {
			seed.Labels = map[string]string{}
		}
		seed.Labels[corev1.LabelMetadataName] = seed.Name
		return s.indexers()["Namespace"].Add(seed)
	case *corev1.ServiceAccount:
		return s.indexers()["ServiceAccount"].Add(seed)
	case *corev1.LimitRange:
		return s.indexers()["LimitRange"].Add(seed)
	case *corev1.ResourceQuota:
		return s.indexers()["ResourceQuota"].Add(withUsage(seed))
	case *schedulingv1.PriorityClass:
		return s.indexers()["PriorityClass"].Add(seed)
	case *nodev1.RuntimeClass:
		return s.indexers()["RuntimeClass"].Add(seed)
	case *storagev1.StorageClass:
		return s.indexers()["StorageClass"].Add(seed)
	case *networkingv1.IngressClass:
		return s.indexers()["IngressClass"].Add(seed)
	}
	return nil
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
	space := object.GetNamespace()
	if space == "" {
		space = metav1.NamespaceDefault
	}
	if _, exists, _ := s.indexers()["Namespace"].GetByKey(space); !exists {
		if err := s.plant(namespace(space)); err != nil {
			return err
		}
	}
	if spec == nil {
		return nil
	}
	for _, name := range []string{spec.ServiceAccountName, spec.DeprecatedServiceAccount} {
		if _, exists, _ := s.indexers()["ServiceAccount"].GetByKey(space + "/" + name); name != "" && !exists {
			if err := s.plant(account(space, name)); err != nil {
				return err
			}
		}
	}
	if spec.PriorityClassName != "" {
		if _, exists, _ := s.indexers()["PriorityClass"].GetByKey(spec.PriorityClassName); !exists {
			if err := s.plant(priority(spec.PriorityClassName, 0)); err != nil {
				return err
			}
		}
	}
	if spec.RuntimeClassName != nil {
		if _, exists, _ := s.indexers()["RuntimeClass"].GetByKey(*spec.RuntimeClassName); !exists {
			return s.plant(&nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: *spec.RuntimeClassName}, Handler: *spec.RuntimeClassName})
		}
	}
	return nil
}

// unaskable are the plugins that act only on objects of a running cluster: webhooks and policies.
var unaskable = []string{mutating.PluginName, validating.PluginName, mutatingpolicy.PluginName, validatingpolicy.PluginName}

// admissionChain is the chain that kube-apiserver runs by default, in its order.
func admissionChain(s *seeds, allow authorizer.Authorizer) (admission.Interface, error) {
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
	initializers, err := (&kubeadmission.Config{}).New()
	if err != nil {
		return nil, err
	}
	initializers = append(initializers,
		initializer.New(s.client, nil, s.informers, allow, utilfeature.DefaultFeatureGate, make(chan struct{}), nil),
		quotas{})
	provider, err := admission.ReadAdmissionConfiguration(names, "", nil)
	if err != nil {
		return nil, err
	}
	chain, err := plugins.NewFromPlugins(names, provider, admission.PluginInitializers(initializers), nil)
	if err != nil {
		return nil, err
	}
	s.indexers()
	s.start(context.Background())
	return chain, s.reset()
}

// quotas gives the quota plugin its evaluators, as the control plane does.
type quotas struct{}

func (quotas) Initialize(plugin admission.Interface) {
	if wants, ok := plugin.(initializer.WantsQuotaConfiguration); ok {
		wants.SetQuotaConfiguration(quotainstall.NewQuotaConfigurationForAdmission())
	}
}
