// Component tests look on as a rep, who has no custom permission; a test of an administrator mocks it.
jest.doMock(
  '@salesforce/customPermission/Personalization_Diagnosis',
  () => ({ __esModule: true, default: undefined }),
  { virtual: true }
);
