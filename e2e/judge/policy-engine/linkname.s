// An assembly file lets the compiler take a function without a body, which go:linkname provides.
