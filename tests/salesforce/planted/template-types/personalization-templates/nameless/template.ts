export class NamelessTemplate implements CampaignTemplateComponent {
  run() {
    return {};
  }
}

