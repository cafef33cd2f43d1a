import { expect, it } from 'vitest';
import { SettingError } from './errors.ts';
import { allTold } from './told.ts';

const refusing =
  (...problems: string[]) =>
  () => {
    throw new SettingError(problems);
  };

it('tells of everything that is wrong in one error', () => {
  const read = () => allTold(refusing('A is wrong.'), () => 'well', refusing('B is wrong.', 'C is wrong.'));
  expect(read).toThrow(SettingError);
  expect(read).toThrow('A is wrong.\nB is wrong.\nC is wrong.');
  expect(
    allTold(
      () => 'well',
      () => 7,
    ),
  ).toEqual(['well', 7]);
});

it('passes on what is no fault of the environment', () => {
  const fault = new TypeError('a fault of the code');
  const faulty = () => {
    throw fault;
  };
  expect(() => allTold(refusing('A is wrong.'), faulty)).toThrow(fault);
});
