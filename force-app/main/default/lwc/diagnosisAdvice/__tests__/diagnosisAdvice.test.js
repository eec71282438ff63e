import { diagnosisAdvice } from 'c/diagnosisAdvice';

const advice = (code, parameters, next = null) => diagnosisAdvice({ code, parameters, next });

describe('c/diagnosisAdvice', () => {
  it('says what to do', () => {
    expect(advice('NO_IDENTIFIER')).toMatch(/^Fill it in/);
    expect(advice('ALL_DECLINED', { days: '30' })).toMatch(/back 30 days after/);
    expect(advice('NO_CONSENT')).toMatch(/^Nothing is wrong/);
    expect(advice('UPSTREAM_BUSY')).toMatch(/p13n doctor/);
  });

  it('mends links before ids', () => {
    expect(advice('ITEMS_REFUSED', { links: '1', noId: '1' })).toMatch(/link_hosts/);
    expect(advice('ITEMS_REFUSED', { links: '0', noId: '1' })).toMatch(/an id/);
  });

  it('says nothing where nothing is to be done, and the service’s English of what is new', () => {
    expect(advice('SHOWN')).toBeNull();
    expect(advice(null)).toBeNull();
    expect(advice('BRAND_NEW', {}, 'Turn it on.')).toBe('Turn it on.');
  });
});
