import { recommendEverything } from 'recs';

export class NosyTemplate implements CampaignTemplateComponent {
  @titel('Greeting')
  greeting: string = 7;

  run(context: CampaignComponentContext) {
    const visits = context.user.visitHistory;
    return { visits, affinities: context.services.affinities, all: recommendEverything(context) };
  }
}
