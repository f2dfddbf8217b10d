package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path"
	"sort"
	"strings"

	restful "github.com/emicklei/go-restful/v3"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	apiextensionsregistry "k8s.io/apiextensions-apiserver/pkg/registry/customresourcedefinition"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/apimachinery/pkg/util/sets"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/audit"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/authorization/authorizerfactory"
	"k8s.io/apiserver/pkg/endpoints"
	"k8s.io/apiserver/pkg/endpoints/filters"
	"k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/registry/rest"
	genericapiserver "k8s.io/apiserver/pkg/server"
	genericoptions "k8s.io/apiserver/pkg/server/options"
	serverstorage "k8s.io/apiserver/pkg/server/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/warning"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/capabilities"
	"k8s.io/kubernetes/pkg/controlplane"
	"k8s.io/kubernetes/pkg/kubeapiserver"
)

// resource is how a kind is reached: what discovery would say of it.
type resource struct {
	name       string
	namespaced bool
	*creation
}

// server is a Kubernetes API server without a network and without etcd: the real handlers, strategies, validation and
// admission plugins over a store in memory.
type server struct {
	memory    *memory
	handler   http.Handler
	resources map[schema.GroupVersionKind]resource
	groups    sets.Set[string]
	seeds     *seeds
	customs   *customs
	admit     admission.Interface
	typed     typeConverter
}

type typeConverter = managedfields.TypeConverter

type storageProvider interface {
	NewRESTStorage(serverstorage.APIResourceConfigSource, generic.RESTOptionsGetter) (genericapiserver.APIGroupInfo, error)
}

// must is for what the server is made of: without any of it there is nothing to ask.
func must[T any](made T, err error) T {
	if err != nil {
		panic(err)
	}
	return made
}

func newServer() *server {
	// What --allow-privileged=true sets, as every installer does: Pod Security decides about privileged pods.
	capabilities.Setup(true, 0)
	s := &server{memory: newMemory(), resources: map[schema.GroupVersionKind]resource{}, groups: sets.New[string]()}
	enabled := controlplane.DefaultAPIResourceConfigSource()
	storage := kubeapiserver.NewStorageFactoryConfig()
	storage.APIResourceConfig = enabled
	etcd := genericoptions.NewEtcdOptions(&storagebackend.Config{})
	// A dry run copies each object by this encoding.
	etcd.DefaultStorageMediaType = runtime.ContentTypeProtobuf
	getter := storageFor{memory: s.memory, config: must(storage.Complete(etcd).New()).NewConfig}
	s.seeds = newSeeds()
	allow := authorizerfactory.NewAlwaysAllowAuthorizer()
	s.admit = admissionChain(s.seeds, allow)
	container := restful.NewContainer()
	container.Router(restful.CurlyRouter{})
	s.typed = applyconfigurations.NewTypeConverter(legacyscheme.Scheme)
	s.install(container, "/api", coreGroup(enabled, getter), allow, s.typed)
	for _, provider := range groupProviders(s.seeds.client.(*fake.Clientset), allow) {
		s.install(container, "/apis", must(provider.NewRESTStorage(enabled, getter)), allow, s.typed)
	}
	definitions := storageFor{memory: s.memory, config: customConfig}
	schemas := definitionSchemas()
	s.installDefinitions(container, definitions, allow, must(managedfields.NewTypeConverter(schemas, false)))
	s.customs = newCustoms(definitions, schemas, s.admit, allow)
	s.handler = filters.WithRequestInfo(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if info, ok := request.RequestInfoFrom(r.Context()); ok && !s.groups.Has(info.APIGroup) {
			s.customs.handler.ServeHTTP(w, r)
			return
		}
		container.ServeHTTP(w, r)
	}), &request.RequestInfoFactory{APIPrefixes: sets.NewString("api", "apis"), GrouplessAPIPrefixes: sets.NewString("api")})
	return s
}

func (s *server) install(container *restful.Container, root string, group genericapiserver.APIGroupInfo, allow authorizer.Authorizer, typed typeConverter) {
	for _, version := range group.PrioritizedVersions {
		storage := group.VersionedResourcesStorageMap[version.Version]
		if len(storage) == 0 {
			continue
		}
		served := &endpoints.APIGroupVersion{
			Root: root, GroupVersion: version, Storage: storage, MetaGroupVersion: group.MetaGroupVersion,
			AllServedVersionsByResource: map[string][]string{}, ParameterCodec: group.ParameterCodec, Serializer: group.NegotiatedSerializer,
			Creater: group.Scheme, Convertor: group.Scheme, ConvertabilityChecker: group.Scheme, Defaulter: group.Scheme, Typer: group.Scheme,
			UnsafeConvertor: runtime.UnsafeObjectConvertor(group.Scheme), Namer: runtime.Namer(meta.NewAccessor()), TypeConverter: typed,
			EquivalentResourceRegistry: runtime.NewEquivalentResourceRegistry(), Admit: s.admit, Authorizer: allow,
			MaxRequestBodyBytes: 3 << 20,
		}
		discovered, _, err := served.InstallREST(container)
		if err != nil {
			panic(fmt.Errorf("%s: %w", version, err))
		}
		s.groups.Insert(version.Group)
		for _, found := range discovered {
			if found.ResponseKind == nil {
				continue
			}
			kind := version.WithKind(found.ResponseKind.Kind)
			s.resources[kind] = resource{found.Resource, found.Scope == "Namespaced", creationOf(kind, found.Resource, storage[found.Resource])}
		}
	}
}

func (s *server) installDefinitions(container *restful.Container, getter storageFor, allow authorizer.Authorizer, types typeConverter) {
	group := genericapiserver.NewDefaultAPIGroupInfo(apiextensions.GroupName, apiextensionsserver.Scheme, runtime.NewParameterCodec(apiextensionsserver.Scheme), apiextensionsserver.Codecs)
	definitions := must(apiextensionsregistry.NewREST(apiextensionsserver.Scheme, storageFor{memory: getter.memory, config: definitionConfig}))
	group.VersionedResourcesStorageMap["v1"] = map[string]rest.Storage{"customresourcedefinitions": definitions}
	s.install(container, "/apis", group, allow, types)
}

// recorder keeps the warnings that a server would send beside its answer.
type recorder struct{ texts []string }

func (r *recorder) AddWarning(_, text string) { r.texts = append(r.texts, text) }

type response struct {
	code     int
	body     []byte
	warnings []string
}

// administrator asks, so that only what is wrong with an object can be refused.
var administrator = &user.DefaultInfo{Name: "judge", Groups: []string{user.SystemPrivilegedGroup, user.AllAuthenticated}}

func asAdministrator() (context.Context, *recorder) {
	kept := &recorder{}
	ctx := warning.WithWarningRecorder(audit.WithAuditContext(context.Background()), kept)
	return request.WithUser(ctx, administrator), kept
}

func (s *server) call(method, url, contentType string, body []byte) response {
	ctx, kept := asAdministrator()
	r := httptest.NewRequest(method, url, strings.NewReader(string(body))).WithContext(ctx)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("Accept", "application/json")
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	sort.Strings(kept.texts)
	return response{code: w.Code, body: w.Body.Bytes(), warnings: kept.texts}
}

// collection is the path of a kind's collection, for core and named groups alike.
func collection(gvk schema.GroupVersionKind, r resource, namespace string) string {
	root := path.Join("/apis", gvk.Group, gvk.Version)
	if gvk.Group == "" {
		root = path.Join("/api", gvk.Version)
	}
	if r.namespaced {
		return path.Join(root, "namespaces", namespace, r.name)
	}
	return path.Join(root, r.name)
}
