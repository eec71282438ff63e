/**
 * What Personalization offers to a server-side template, as far as it is documented or used in the
 * vendor's published templates. Nothing else may be added: what a template could see of a person's
 * affinities, visits or events is documented nowhere.
 * Sources: Personalization developer guide, "Template Server TypeScript", "Interface
 * Configuration", "Recommendations", "Corvus", "Einstein Decisions - Server-Side Template".
 */

/* Names that begin with an underscore are ours: the platform does not know them. */

/** A value of an item or a person, boxed. */
interface Attribute {
  value: unknown;
}

interface _Attributes {
  [name: string]: Attribute | null | undefined;
}

/** A catalog object: a product, an article, a promotion. */
interface _Item {
  id: string;
  attributes: _Attributes;
}

/** A picture of a promotion, with the content zones or tags it is made for. */
interface Asset {
  type: string;
  imageUrl?: string;
  contentZones?: string[];
}

interface Promotion extends _Item {
  assets?: Asset[];
}

interface _SegmentMembership {
  segmentId: string;
  segmentName: string;
}

interface User {
  attributes: _Attributes;
  segmentMembership?: _SegmentMembership[];
}

interface _Catalog {
  findByName(itemType: string, text: string): _Item[];
}

/** What a field's search or look-up may use while a campaign is being edited. */
interface GearLifecycleContext {
  services: { catalog: _Catalog };
}

/** What `run` gets for each person who is asked for. */
interface CampaignComponentContext extends GearLifecycleContext {
  user: User;
}

/** `run` returns fields of the payload; they win over configured fields of the same name. */
interface CampaignTemplateComponent {
  run(context: CampaignComponentContext): object;
}

/** Offers choices while somebody types into a field. */
interface Search<_Text> {
  search(context: GearLifecycleContext, searchString: string): unknown[];
}

interface Lookup<_Value> {
  lookup(context: GearLifecycleContext): unknown[];
}

type _FieldDecorator = (template: object, field: string) => void;

/* How a field looks in the campaign editor. Every field is required unless it is optional. */
declare function title(text: string): _FieldDecorator;
declare function subtitle(text: string): _FieldDecorator;
declare function header(text: string): _FieldDecorator;
declare function headerSubtitle(text: string): _FieldDecorator;
declare function optional(isOptional: boolean): _FieldDecorator;
declare function lookupOptions(options: (self: object) => Lookup<string>): _FieldDecorator;
declare function searchOptions(options: (self: object) => Search<string>): _FieldDecorator;

declare module 'common' {
  /** Names an item without holding it. */
  export interface ItemReference {
    itemType: string;
    id: string;
    label: string;
  }

  /** Offers the content zones and tags of promotions' assets and of the sitemap. */
  export class ContentZoneLookup implements Lookup<string> {
    lookup(context: GearLifecycleContext): string[];
  }
}

declare module 'recs' {
  export interface RecipeReference {
    id: string;
    label: string;
  }

  /** Shows item type, recipe and number of results in the campaign editor. */
  export class RecommendationsConfig {
    itemType: string | null;
    maxResults: number;
    recipe: RecipeReference | null;
  }

  /** Best first. Fails when the configuration names no recipe. */
  export function recommend(
    context: CampaignComponentContext,
    config: RecommendationsConfig
  ): _Item[];
}

declare module 'corvus' {
  export interface ContextualBanditConfig {
    /** At most 12. */
    maxResults: number;
    /** Only promotions with an asset for this zone or tag are eligible. */
    contentZone: string;
    /** Ids of promotions that are returned when none is eligible. */
    fallbackArms: string[];
  }

  /** Best first. */
  export function decide(
    context: CampaignComponentContext,
    config: ContextualBanditConfig,
    filter: null
  ): Promotion[];
}
