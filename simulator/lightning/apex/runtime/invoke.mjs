import { to } from './conversion.mjs';
import { running } from './transaction.mjs';

/** Call a method or constructor with converted arguments, as one frame of the call stack. */
export function invoke(method, self, args) {
  const values = method.parameters.map(({ type }, i) => to(type, args[i]));
  return to(
    method.returns,
    framed(method, () => method.body(self, ...values))
  );
}

/** Run a body as one frame of the call stack. */
export function framed(member, body) {
  const transaction = running();
  transaction.enter(member);
  try {
    return body();
  } catch (error) {
    throw transaction.traced(error);
  } finally {
    transaction.leave();
  }
}
