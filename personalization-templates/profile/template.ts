/** The parts of a list with commas, none of them blank. */
function listed(text: string | null): string[] {
  return (text || '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

export class ProfileTemplate implements CampaignTemplateComponent {
  @title('User Attributes')
  @subtitle('Names, with commas between them. Nothing else of the person is sent.')
  attributeNames: string = 'sfmcContactKey, emailAddress';

  @title('Segments')
  @subtitle('Ids, with commas between them. Blank: every segment the person is in.')
  @optional(true)
  segmentIds: string = '';

  run(context: CampaignComponentContext) {
    const user = context.user;
    const attributes: { [name: string]: unknown } = {};
    // Blank ones too: a name that is missing tells the service that it was never asked for.
    listed(this.attributeNames).forEach((name) => {
      const attribute = user.attributes[name] as Attribute | undefined;
      attributes[name] = attribute?.value ?? null;
    });
    const wanted = listed(this.segmentIds);
    const segments = (user.segmentMembership || [])
      .filter((segment) => wanted.length === 0 || wanted.includes(segment.segmentId))
      .map((segment) => ({ id: segment.segmentId, name: segment.segmentName }));
    return { profile: { attributes, segments } };
  }
}
