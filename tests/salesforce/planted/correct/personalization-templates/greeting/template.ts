export class GreetingTemplate implements CampaignTemplateComponent {
  @title('Greeting')
  greeting: string = 'Hello';

  run(context: CampaignComponentContext) {
    return { greeting: this.greeting, name: context.user.attributes['firstName']?.value };
  }
}
