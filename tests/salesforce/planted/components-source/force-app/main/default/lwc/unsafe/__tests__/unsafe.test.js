test('tests may do what components may not', () => {
  document.body.innerHTML = '';
  console.log('x');
});
