package main

import (
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apiextensionsserver "k8s.io/apiextensions-apiserver/pkg/apiserver"
	apiextensionsfake "k8s.io/apiextensions-apiserver/pkg/client/clientset/clientset/fake"
	"k8s.io/apiextensions-apiserver/pkg/client/informers/externalversions"
	apiextensionsopenapi "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/authorization/authorizer"
	"k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/client-go/tools/cache"
	"k8s.io/kube-openapi/pkg/builder3"
	"k8s.io/kube-openapi/pkg/util"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// The definitions that the build took out of their projects' modules, one compressed file each, named group_kind.
//
//go:embed all:crds
var embedded embed.FS

// customs serves custom resources by the real handler, from definitions of the question and from embedded ones.
type customs struct {
	handler  http.Handler
	informer cache.SharedIndexInformer
	planted  int
	// mutex guards planted and served: workers find definitions while others do.
	mutex sync.Mutex
	// served remembers the definitions that the handler knows by their kind.
	served map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition
}

func newCustoms(getter storageFor, schemas map[string]*spec.Schema, admit admission.Interface, allow authorizer.Authorizer) *customs {
	factory := externalversions.NewSharedInformerFactory(apiextensionsfake.NewSimpleClientset(), 0)
	informer := factory.Apiextensions().V1().CustomResourceDefinitions()
	absent := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no such resource", http.StatusNotFound) })
	handler := must(apiextensionsserver.NewCustomResourceDefinitionHandler(nil, nil, informer, absent, getter, admit, nil, nil, nil, 1,
		allow, time.Minute, time.Minute, schemas, 3<<20))
	return &customs{handler: handler, informer: informer.Informer(), served: map[schema.GroupKind]*apiextensionsv1.CustomResourceDefinition{}}
}

func customConfig(resource schema.GroupResource, _ runtime.Object) (*storagebackend.ConfigForResource, error) {
	return (&storagebackend.Config{Codec: unstructured.UnstructuredJSONScheme}).ForResource(resource), nil
}

func definitionConfig(resource schema.GroupResource, _ runtime.Object) (*storagebackend.ConfigForResource, error) {
	codec := apiextensionsserver.Codecs.LegacyCodec(apiextensionsv1.SchemeGroupVersion)
	return (&storagebackend.Config{Codec: codec}).ForResource(resource), nil
}

// definitionSchemas are the OpenAPI schemas of a CustomResourceDefinition and of what every object has. The apply of a
// definition and of a custom resource needs them: without, unknown fields would be taken.
func definitionSchemas() map[string]*spec.Schema {
	namer := openapi.NewDefinitionNamer(apiextensionsserver.Scheme)
	config := genericapiserver.DefaultOpenAPIV3Config(apiextensionsopenapi.GetOpenAPIDefinitions, namer)
	return must(builder3.BuildOpenAPIDefinitionsForResources(config, util.GetCanonicalTypeName(&apiextensionsv1.CustomResourceDefinition{})))
}

// find answers with the definition of a kind: the question's own first, else the embedded one.
func (c *customs) find(kind schema.GroupKind) (*apiextensionsv1.CustomResourceDefinition, error) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if served, ok := c.served[kind]; ok {
		return served, nil
	}
	text, err := embeddedDefinition(fmt.Sprintf("%s_%s", kind.Group, strings.ToLower(kind.Kind)))
	if text == nil || err != nil {
		return nil, err
	}
	definition := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.Unmarshal(text, definition); err != nil {
		return nil, err
	}
	return definition, c.plant(definition)
}

// plant establishes a definition, as its controllers would have done long ago.
func (c *customs) plant(definition *apiextensionsv1.CustomResourceDefinition) error {
	apiextensionsv1.SetDefaults_CustomResourceDefinition(definition)
	apiextensionsv1.SetDefaults_CustomResourceDefinitionSpec(&definition.Spec)
	c.planted++
	// Numbers, where a real server gives random identities: answers must not differ between two runs.
	definition.UID = types.UID(fmt.Sprintf("00000000-0000-0000-0000-%012d", c.planted))
	long := metav1.NewTime(time.Unix(0, 0))
	for _, condition := range []apiextensionsv1.CustomResourceDefinitionConditionType{apiextensionsv1.NamesAccepted, apiextensionsv1.Established} {
		definition.Status.Conditions = append(definition.Status.Conditions,
			apiextensionsv1.CustomResourceDefinitionCondition{Type: condition, Status: apiextensionsv1.ConditionTrue, LastTransitionTime: long})
	}
	definition.Status.AcceptedNames = definition.Spec.Names
	for _, version := range definition.Spec.Versions {
		if version.Storage {
			definition.Status.StoredVersions = []string{version.Name}
		}
	}
	c.served[schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind}] = definition
	return c.informer.GetIndexer().Add(definition)
}

// forget drops the definitions of the last question; the embedded ones stay, because they cost time to prepare.
func (c *customs) forget(definitions []*apiextensionsv1.CustomResourceDefinition) error {
	for _, definition := range definitions {
		delete(c.served, schema.GroupKind{Group: definition.Spec.Group, Kind: definition.Spec.Names.Kind})
		if err := c.informer.GetIndexer().Delete(definition); err != nil {
			return err
		}
	}
	return nil
}

// resource says how a kind with a definition is reached, or nil where the version is not served.
func served(definition *apiextensionsv1.CustomResourceDefinition, version string) *resource {
	if !slices.ContainsFunc(definition.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == version && v.Served }) {
		return nil
	}
	return &resource{name: definition.Spec.Names.Plural, namespaced: definition.Spec.Scope == apiextensionsv1.NamespaceScoped}
}

// embeddedKinds lists the definitions that came with the build.
func embeddedKinds() []string {
	kinds := []string{}
	entries, _ := embedded.ReadDir("crds")
	for _, entry := range entries {
		if name, ok := strings.CutSuffix(entry.Name(), ".json.gz"); ok {
			kinds = append(kinds, name)
		}
	}
	return kinds
}

// embeddedDefinition reads a definition that came with the build, or nil where there is none.
func embeddedDefinition(name string) ([]byte, error) {
	file, err := embedded.Open("crds/" + name + ".json.gz")
	if err != nil {
		return nil, nil
	}
	defer file.Close()
	unzipped, err := gzip.NewReader(file)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(unzipped)
}

func definitionsOf(names []string) ([]json.RawMessage, error) {
	var found []json.RawMessage
	for _, name := range names {
		text, err := embeddedDefinition(name)
		if err != nil {
			return nil, err
		}
		found = append(found, text)
	}
	return found, nil
}
