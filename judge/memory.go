package main

import (
	"context"
	"reflect"
	"strings"
	"sync"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/registry/generic"
	"k8s.io/apiserver/pkg/storage"
	"k8s.io/apiserver/pkg/storage/storagebackend"
	"k8s.io/apiserver/pkg/storage/storagebackend/factory"
	"k8s.io/client-go/tools/cache"
)

// memory stands where etcd would: it holds the previous objects of a question, and nothing else.
type memory struct {
	mutex    sync.RWMutex
	objects  map[string]runtime.Object
	revision uint64
}

func newMemory() *memory { return &memory{objects: map[string]runtime.Object{}} }

// forget empties the store, because no question may see the objects of another.
func (m *memory) forget() {
	m.mutex.Lock()
	defer m.mutex.Unlock()
	m.objects = map[string]runtime.Object{}
}

// resourceStorage implements what registries ask of a store while they judge a create, an apply or a read.
type resourceStorage struct {
	storage.Interface
	*memory
}

func (resourceStorage) Versioner() storage.Versioner { return storage.APIObjectVersioner{} }

func (s resourceStorage) Get(_ context.Context, key string, options storage.GetOptions, out runtime.Object) error {
	s.mutex.RLock()
	defer s.mutex.RUnlock()
	found, ok := s.objects[key]
	if !ok && options.IgnoreNotFound {
		return runtime.SetZeroValue(out)
	}
	if !ok {
		return storage.NewKeyNotFoundError(key, 0)
	}
	assign(out, found)
	return nil
}

// GetList answers with nothing: no registry that the judge asks needs a list.
func (resourceStorage) GetList(context.Context, string, storage.ListOptions, runtime.Object) error {
	return nil
}

func (s resourceStorage) Create(_ context.Context, key string, object, out runtime.Object, _ uint64) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, taken := s.objects[key]; taken {
		return storage.NewKeyExistsError(key, 0)
	}
	return s.keep(key, object, out)
}

func (s resourceStorage) GuaranteedUpdate(ctx context.Context, key string, out runtime.Object, ignoreNotFound bool,
	preconditions *storage.Preconditions, update storage.UpdateFunc, _ runtime.Object) error {
	current := reflect.New(reflect.TypeOf(out).Elem()).Interface().(runtime.Object)
	if err := s.Get(ctx, key, storage.GetOptions{IgnoreNotFound: ignoreNotFound}, current); err != nil {
		return err
	}
	if err := preconditions.Check(key, current); err != nil {
		return err
	}
	version, err := s.Versioner().ObjectResourceVersion(current)
	if err != nil {
		return err
	}
	updated, _, err := update(current, storage.ResponseMeta{ResourceVersion: version})
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.keep(key, updated, out)
}

func (s resourceStorage) keep(key string, object, out runtime.Object) error {
	s.revision++
	kept := object.DeepCopyObject()
	if err := s.Versioner().UpdateObject(kept, s.revision); err != nil {
		return err
	}
	s.objects[key] = kept
	assign(out, kept)
	return nil
}

func assign(out, object runtime.Object) {
	reflect.ValueOf(out).Elem().Set(reflect.ValueOf(object.DeepCopyObject()).Elem())
}

// storageFor gives every registry the same memory.
type storageFor struct {
	memory *memory
	config func(schema.GroupResource, runtime.Object) (*storagebackend.ConfigForResource, error)
}

func (g storageFor) GetRESTOptions(resource schema.GroupResource, example runtime.Object) (generic.RESTOptions, error) {
	config, err := g.config(resource, example)
	if err != nil {
		return generic.RESTOptions{}, err
	}
	return generic.RESTOptions{
		StorageConfig:  config,
		ResourcePrefix: strings.Join([]string{resource.Group, resource.Resource}, "/"),
		Decorator: func(_ *storagebackend.ConfigForResource, _ string, _ func(runtime.Object) (string, error),
			_, _ func() runtime.Object, _ storage.AttrFunc, _ storage.IndexerFuncs, _ *cache.Indexers,
		) (storage.Interface, factory.DestroyFunc, error) {
			return resourceStorage{memory: g.memory}, func() {}, nil
		},
	}, nil
}
