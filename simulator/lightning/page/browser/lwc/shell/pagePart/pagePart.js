import { LightningElement, api } from 'lwc';

/** One part of a record page, drawn by its kind. */
export default class PagePart extends LightningElement {
  /** See `pageView()` of the server. */
  @api item;
  @api record;

  get isHighlights() {
    return this.item.kind === 'highlights';
  }

  get isDetails() {
    return this.item.kind === 'details';
  }

  get isFieldSection() {
    return this.item.kind === 'fieldSection';
  }

  get sectionColumns() {
    const { placed } = this.record;
    return this.item.columns.map((names) =>
      names.filter((name) => name in placed).map((name) => placed[name])
    );
  }

  get isRelatedList() {
    return this.item.kind === 'relatedList';
  }

  get isTabset() {
    return this.item.kind === 'tabset';
  }
}
