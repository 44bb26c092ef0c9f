import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import tailwindcss from '@tailwindcss/vite';
import { defineConfig, type Plugin } from 'vite';

/**
 * Two libraries put style elements into the page, which the Content-Security-Policy forbids: sonner's styles come with our
 * own style sheet, NumberFlow's are adopted. A version that no longer looks so must not pass unseen.
 */
const patches = [
  { file: /sonner\/dist\/index\.mjs$/, from: /^__insertCSS\(".*"\);?$/m, to: '' },
  {
    file: /number-flow\/dist\/lite\.mjs$/,
    from: /const c = document\.createElement\("style"\);\s*this\.nonce && \(c\.nonce = this\.nonce\), c\.textContent = P, this\.shadowRoot\.appendChild\(c\),/,
    to: 'const c = new CSSStyleSheet(); c.replaceSync(P); this.shadowRoot.adoptedStyleSheets = [c];',
  },
];

function withoutInlineStyles(): Plugin {
  return {
    name: 'without-inline-styles',
    transform(code, id) {
      const patch = patches.find(({ file }) => file.test(id.split('?')[0] ?? ''));
      if (!patch) return null;
      if (!patch.from.test(code))
        this.error(`${id} inserts its styles in another way than it used to: adapt the patch.`);
      return { code: code.replace(patch.from, patch.to), map: null };
    },
  };
}

/** Compressed once here, so that the server need not do it at each request. Last of all: other plugins change what they bundle. */
function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle({ dir = '' }, bundle) {
      const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
      for (const fileName of Object.keys(bundle).filter((name) => /\.(js|css|html)$/.test(name))) {
        const source = readFileSync(join(dir, fileName));
        writeFileSync(join(dir, `${fileName}.gz`), gzipSync(source, { level: 9 }));
        writeFileSync(join(dir, `${fileName}.br`), brotliCompressSync(source, brotli));
      }
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  plugins: [tailwindcss(), withoutInlineStyles(), compressed()],
  build: {
    outDir: '../../dist/dashboard',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    modulePreload: { polyfill: false },
    // Data URLs would need to be allowed by the Content-Security-Policy.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
});
