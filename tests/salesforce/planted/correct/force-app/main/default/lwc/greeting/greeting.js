import { LightningElement, api, wire } from 'lwc';
import getGreeting from '@salesforce/apex/GreetingController.getGreeting';
import send from '@salesforce/apex/GreetingController.send';
import titleLabel from '@salesforce/label/c.Greeting_Title';
import EMAIL from '@salesforce/schema/Contact.Email';

export default class Greeting extends LightningElement {
  @api recordId;
  @api kind;
  @api maxItems = 4;
  @api hideWhenEmpty = false;
  title = titleLabel;
  emailField = EMAIL;

  @wire(getGreeting, { recordId: '$recordId' }) greeting;

  get website() {
    return 'https://www.example.com';
  }

  handleClick() {
    send({ text: this.greeting.data.text });
    this.dispatchEvent(new CustomEvent('greet', { bubbles: true }));
  }
}
