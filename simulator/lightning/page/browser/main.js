/** Starts the page: first what draws the shop's pictures, then the shell. */
import '@lwc/synthetic-shadow';
import { createElement } from 'lwc';
import App from 'shell/app';
import { startPictures } from './pictures/start.js';

await startPictures();
document.body.append(createElement('shell-app', { is: App }));
