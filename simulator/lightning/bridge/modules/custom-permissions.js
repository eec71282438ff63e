/** The custom permissions of the user who looks at the page, asked once as the page opens. */
const response = await fetch('/data/user');
const user = await response.json();

export const customPermissions = new Set(user.customPermissions);
