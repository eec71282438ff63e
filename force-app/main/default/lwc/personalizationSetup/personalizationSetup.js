import { LightningElement } from 'lwc';

/** What a Personalization administrator looks after: one component a section, one below the other. */
export default class PersonalizationSetup extends LightningElement {}
