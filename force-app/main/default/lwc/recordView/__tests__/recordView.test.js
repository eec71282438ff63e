import { RecordView } from 'c/recordView';

const ADA = '003000000000001AAA';
const BOB = '003000000000002AAA';
const EVE = '003000000000003AAA';

describe('recordView', () => {
  it('is one for all who look at a record at the same time', () => {
    const [promotions, products] = [new RecordView(), new RecordView()];
    expect(promotions.of(ADA)).toBe(products.of(ADA));
    expect(promotions.of(ADA)).toMatch(/^003000000000001AAA-[0-9a-f]{32}$/);
  });

  it('is another for each record', () => {
    const view = new RecordView();
    const first = view.of(ADA);
    expect(view.of(BOB)).not.toBe(first);
  });

  it('ends when the last one leaves', () => {
    const [promotions, products] = [new RecordView(), new RecordView()];
    const first = promotions.of(EVE);
    products.of(EVE);
    promotions.leave();
    expect(promotions.of(EVE)).toBe(first);
    promotions.leave();
    products.leave();
    expect(promotions.of(EVE)).not.toBe(first);
  });

  it('survives leaving twice, and before anything was seen', () => {
    const view = new RecordView();
    view.leave();
    view.of(ADA);
    view.leave();
    expect(() => view.leave()).not.toThrow();
  });
});
