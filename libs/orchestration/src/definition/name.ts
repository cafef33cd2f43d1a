/** Form of the names of orchestrations, fan-outs and hand-offs. */
export const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
