package main

import (
	"maps"
	"net"
	"net/http"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/apis/core"
	kubeletclient "k8s.io/kubernetes/pkg/kubelet/client"
	admissionregistrationrest "k8s.io/kubernetes/pkg/registry/admissionregistration/rest"
	appsrest "k8s.io/kubernetes/pkg/registry/apps/rest"
	autoscalingrest "k8s.io/kubernetes/pkg/registry/autoscaling/rest"
	batchrest "k8s.io/kubernetes/pkg/registry/batch/rest"
	coordinationrest "k8s.io/kubernetes/pkg/registry/coordination/rest"
	endpointsstore "k8s.io/kubernetes/pkg/registry/core/endpoint/storage"
	limitrangestore "k8s.io/kubernetes/pkg/registry/core/limitrange/storage"
	nodestore "k8s.io/kubernetes/pkg/registry/core/node/storage"
	volumestore "k8s.io/kubernetes/pkg/registry/core/persistentvolume/storage"
	claimstore "k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim/storage"
	podstore "k8s.io/kubernetes/pkg/registry/core/pod/storage"
	podtemplatestore "k8s.io/kubernetes/pkg/registry/core/podtemplate/storage"
	controllerstore "k8s.io/kubernetes/pkg/registry/core/replicationcontroller/storage"
	corerest "k8s.io/kubernetes/pkg/registry/core/rest"
	"k8s.io/kubernetes/pkg/registry/core/service/ipallocator"
	"k8s.io/kubernetes/pkg/registry/core/service/portallocator"
	servicestore "k8s.io/kubernetes/pkg/registry/core/service/storage"
	discoveryrest "k8s.io/kubernetes/pkg/registry/discovery/rest"
	eventsrest "k8s.io/kubernetes/pkg/registry/events/rest"
	flowcontrolrest "k8s.io/kubernetes/pkg/registry/flowcontrol/rest"
	networkingrest "k8s.io/kubernetes/pkg/registry/networking/rest"
	noderest "k8s.io/kubernetes/pkg/registry/node/rest"
	policyrest "k8s.io/kubernetes/pkg/registry/policy/rest"
	rbacrest "k8s.io/kubernetes/pkg/registry/rbac/rest"
	schedulingrest "k8s.io/kubernetes/pkg/registry/scheduling/rest"
	storagerest "k8s.io/kubernetes/pkg/registry/storage/rest"
)

// coreGroup is the legacy group without what needs etcd or a node: allocators work in memory.
func coreGroup(enabled serverstorage.APIResourceConfigSource, getter storageFor) genericapiserver.APIGroupInfo {
	group := must((&corerest.GenericConfig{}).NewRESTStorage(enabled, getter))
	volumes, _, err := volumestore.NewREST(getter)
	claims, _, failed := claimstore.NewREST(getter)
	endpointsStorage := must(endpointsstore.NewREST(getter))
	pods := must(podstore.NewStorage(getter, nil, nil, nil)).Pod
	ports := must(portallocator.NewInMemory(utilnet.PortRange{Base: 30000, Size: 2768}))
	anyIP := map[core.IPFamily]ipallocator.Interface{core.IPv4Protocol: addresses{family: core.IPv4Protocol}, core.IPv6Protocol: addresses{family: core.IPv6Protocol}}
	services, _, _, unserved := servicestore.NewREST(getter, core.IPv4Protocol, anyIP, ports, endpointsStorage, pods, nil)
	maps.Copy(group.VersionedResourcesStorageMap["v1"], map[string]rest.Storage{
		"podtemplates":           must(podtemplatestore.NewREST(getter)),
		"limitranges":            must(limitrangestore.NewREST(getter)),
		"persistentvolumes":      must(volumes, err),
		"persistentvolumeclaims": must(claims, failed),
		"endpoints":              endpointsStorage,
		"nodes":                  must(nodestore.NewStorage(getter, kubeletclient.KubeletClientConfig{}, http.DefaultTransport)).Node,
		"pods":                   pods,
		"replicationcontrollers": must(controllerstore.NewStorage(getter)).Controller,
		"services":               must(services, unserved),
	})
	return group
}

func groupProviders(client *fake.Clientset, allow authorizer.Authorizer) []storageProvider {
	return append([]storageProvider{
		autoscalingrest.RESTStorageProvider{}, batchrest.RESTStorageProvider{},
		coordinationrest.RESTStorageProvider{},
		discoveryrest.StorageProvider{}, networkingrest.RESTStorageProvider{}, noderest.RESTStorageProvider{},
		policyrest.RESTStorageProvider{}, rbacrest.RESTStorageProvider{Authorizer: allow}, schedulingrest.RESTStorageProvider{},
		storagerest.RESTStorageProvider{}, flowcontrolrest.RESTStorageProvider{}, appsrest.StorageProvider{},
		admissionregistrationrest.RESTStorageProvider{Authorizer: allow, DiscoveryClient: client.Discovery()},
		eventsrest.RESTStorageProvider{},
	}, versionProviders(client, allow)...)
}

// addresses grants every cluster IP: which range a cluster has is no fact of a manifest.
type addresses struct {
	ipallocator.Interface
	family core.IPFamily
}

func (addresses) Allocate(net.IP) error { return nil }
func (a addresses) AllocateNext() (net.IP, error) {
	if a.family == core.IPv6Protocol {
		return net.ParseIP("fd00::1"), nil
	}
	return net.ParseIP("10.96.0.10"), nil
}
func (addresses) Release(net.IP) error            { return nil }
func (addresses) Has(net.IP) bool                 { return false }
func (a addresses) IPFamily() core.IPFamily       { return a.family }
func (a addresses) DryRun() ipallocator.Interface { return a }
func (addresses) ForEach(func(net.IP))            {}
func (addresses) Destroy()                        {}
func (addresses) EnableMetrics()                  {}
