import { defineProvider } from '#core/integrations/provider';
import { readMailAddress } from '#core/mail';

const ADDRESSES_MAX = 10;

const split = (text: string): string[] => text.split(',').map((part) => part.trim().toLowerCase());

export const email = defineProvider({
  name: 'E-mail',
  description: `Mails up to ${ADDRESSES_MAX} addresses.`,
  settings: {
    to: {
      description: `Addresses with commas between them, ${ADDRESSES_MAX} at most.`,
      isSecret: false,
      problemOf(value) {
        const addresses = split(value);
        if (addresses.length > ADDRESSES_MAX)
          return `has more than ${ADDRESSES_MAX}: give the address of a list instead.`;
        return addresses.every((address) => readMailAddress(address) !== null)
          ? null
          : 'has something that is no address: write ada@example.com, grace@example.com.';
      },
    },
  },
  format: {
    via: 'MAIL',
    mail: ({ to }, { title, workspace, link, type, occurredAt }) => ({
      // One mail to all: it was handed over or it was not, so that nobody gets it twice because of another.
      to: split(to).join(', '),
      subject: `${title.replace(/\.$/, '')} ("${workspace}")`,
      text: `${title}\n\n${type}, ${occurredAt.toISOString()}\n\n${link}`,
    }),
  },
});
