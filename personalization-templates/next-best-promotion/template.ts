import { ContextualBanditConfig, decide } from 'corvus';
import { ContentZoneLookup, ItemReference } from 'common';

/** What a card shows; a promotion without a picture is known by its call to action. */
function reduced(promotion: Promotion, zone: string) {
  const shown = ['name', 'description', 'url', 'price', 'currency'].concat(
    // how accounts call the sentence that says what to do
    ['ctaText', 'callToActionText', 'callToAction', 'cta']
  );
  const attributes: { [name: string]: { value: unknown } } = {};
  shown.forEach((name) => {
    const attribute = promotion.attributes[name];
    if (attribute) {
      attributes[name] = { value: attribute.value };
    }
  });
  const pictures = (promotion.assets || []).filter((asset) => !!asset.imageUrl);
  const fitting = pictures.filter((asset) => (asset.contentZones || []).includes(zone));
  const assets = (fitting.length > 0 ? fitting : pictures).map((asset) => ({
    type: asset.type,
    imageUrl: asset.imageUrl,
    contentZones: asset.contentZones
  }));
  return { id: promotion.id, attributes, assets };
}

/** Offers promotions by a part of their name, capital letters as written. */
export class PromotionSearch implements Search<string> {
  search(context: GearLifecycleContext, searchString: string): ItemReference[] {
    if (!searchString) {
      return [];
    }
    const found = context.services.catalog.findByName('Promotion', searchString) as Promotion[];
    return found.map((promotion) => ({
      itemType: 'Promotion',
      id: promotion.id,
      label: String(promotion.attributes['name']?.value || promotion.id)
    }));
  }
}

export class NextBestPromotionTemplate implements CampaignTemplateComponent {
  @title('Datafield')
  @subtitle('The same as in the component on the Salesforce page.')
  datafield: string = 'promos';

  @title('Asset Content Zone or Tag')
  @subtitle('Only promotions with a picture (or placeholder) for this zone are eligible.')
  @lookupOptions(() => new ContentZoneLookup())
  assetContentZoneOrTag: string;

  @title('Number of Promotions')
  maxResults: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11 | 12 = 4;

  @title('Fallback Promotion')
  @subtitle('Shown when none is eligible. Begin to type its name, capital letters as written.')
  @optional(true)
  @searchOptions(() => new PromotionSearch())
  fallback: ItemReference;

  run(context: CampaignComponentContext) {
    const datafield = this.datafield.trim();
    const config = {
      maxResults: this.maxResults,
      contentZone: this.assetContentZoneOrTag,
      fallbackArms: this.fallback ? [this.fallback.id] : []
    } as ContextualBanditConfig;
    const promotions = decide(context, config, null) as Promotion[];
    return {
      datafield,
      assetContentZoneOrTag: this.assetContentZoneOrTag,
      // A configured field goes into the payload: the reference there would look like an item.
      fallback: null,
      [datafield]: promotions.map((promotion) => reduced(promotion, this.assetContentZoneOrTag))
    };
  }
}
