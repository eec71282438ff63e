export class OneTemplate implements CampaignTemplateComponent {
  run() {
    return {};
  }
}

export class OtherTemplate implements CampaignTemplateComponent {
  run() {
    return {};
  }
}

export const NOTHING: _Item[] = [];
