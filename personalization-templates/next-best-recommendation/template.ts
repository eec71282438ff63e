import { RecommendationsConfig, recommend } from 'recs';

export class NextBestRecommendationTemplate implements CampaignTemplateComponent {
  @title('Datafield')
  @subtitle('The same as in the component on the Salesforce page.')
  datafield: string = 'recs';

  @title('Recommendations')
  @subtitle('Only published recipes of the item type are offered.')
  recommendations: RecommendationsConfig = new RecommendationsConfig();

  run(context: CampaignComponentContext) {
    // What a card shows of an item. Everything else, such as margin, stays in Personalization.
    const shown = ['name', 'description', 'url', 'imageUrl', 'price', 'currency', 'rating'];
    const datafield = this.datafield.trim();
    // Without a recipe the platform fails instead of recommending nothing.
    const items = this.recommendations.recipe ? recommend(context, this.recommendations) : [];
    return {
      datafield,
      itemType: this.recommendations.itemType,
      [datafield]: items.map((item) => {
        const attributes: { [name: string]: { value: unknown } } = {};
        shown.forEach((name) => {
          const attribute = item.attributes[name];
          if (attribute) {
            attributes[name] = { value: attribute.value };
          }
        });
        return { id: item.id, attributes };
      })
    };
  }
}
