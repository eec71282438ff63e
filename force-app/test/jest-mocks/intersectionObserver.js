// The test runner's browser draws nothing, so nothing comes on screen unless a test says so.
global.IntersectionObserver = class IntersectionObserver {
  observe() {}
  unobserve() {}
  disconnect() {}
};
