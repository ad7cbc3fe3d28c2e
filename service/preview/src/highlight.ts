// Colours for source text, by the name of its file.

import hljs from 'highlight.js/lib/core';
import bash from 'highlight.js/lib/languages/bash';
import css from 'highlight.js/lib/languages/css';
import dockerfile from 'highlight.js/lib/languages/dockerfile';
import go from 'highlight.js/lib/languages/go';
import groovy from 'highlight.js/lib/languages/groovy';
import ini from 'highlight.js/lib/languages/ini';
import java from 'highlight.js/lib/languages/java';
import javascript from 'highlight.js/lib/languages/javascript';
import json from 'highlight.js/lib/languages/json';
import kotlin from 'highlight.js/lib/languages/kotlin';
import makefile from 'highlight.js/lib/languages/makefile';
import markdown from 'highlight.js/lib/languages/markdown';
import properties from 'highlight.js/lib/languages/properties';
import python from 'highlight.js/lib/languages/python';
import rust from 'highlight.js/lib/languages/rust';
import sql from 'highlight.js/lib/languages/sql';
import typescript from 'highlight.js/lib/languages/typescript';
import xml from 'highlight.js/lib/languages/xml';
import yaml from 'highlight.js/lib/languages/yaml';

const LANGUAGES = {
  bash, css, dockerfile, go, groovy, ini, java, javascript, json, kotlin, makefile, markdown, properties, python,
  rust, sql, typescript, xml, yaml,
};
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

type Language = keyof typeof LANGUAGES;

const BY_ENDING: { [ending: string]: Language } = {
  bash: 'bash', cjs: 'javascript', css: 'css', env: 'properties', go: 'go', gradle: 'groovy', groovy: 'groovy',
  html: 'xml', ini: 'ini', java: 'java', js: 'javascript', json: 'json', jsx: 'javascript', kt: 'kotlin',
  kts: 'kotlin', lock: 'ini', md: 'markdown', mjs: 'javascript', mk: 'makefile', pom: 'xml', properties: 'properties',
  py: 'python', rs: 'rust', sh: 'bash', sql: 'sql', svg: 'xml', tf: 'ini', toml: 'ini', ts: 'typescript',
  tsx: 'typescript', xml: 'xml', yaml: 'yaml', yml: 'yaml',
};
const BY_NAME: { [name: string]: Language } = {
  dockerfile: 'dockerfile', containerfile: 'dockerfile', makefile: 'makefile', jenkinsfile: 'groovy',
  '.bashrc': 'bash', '.editorconfig': 'ini', '.gitconfig': 'ini', '.npmrc': 'ini', '.env': 'properties',
};
/** A longer text stays as it is: colours would take too long. */
const LONGEST = 200_000;

/** The language of a file, if it is one of those that have colours. */
export function languageOf(path: string): Language | undefined {
  const name = (path.split('/').at(-1) ?? '').toLowerCase();
  return BY_NAME[name] ?? BY_ENDING[name.split('.').at(-1) ?? ''];
}

/** The text as HTML, every character of it escaped; nothing where there are no colours for it. */
export function highlight(text: string, language: Language | undefined): string | undefined {
  if (language === undefined || text.length > LONGEST) return undefined;
  return hljs.highlight(text, { language, ignoreIllegals: true }).value;
}
