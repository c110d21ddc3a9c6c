// As much of a browser as a sign-in needs: it keeps cookies, follows redirects and fills in forms. No scripts.

export interface Page {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

interface Cookie {
  readonly origin: string;
  readonly path: string;
  readonly name: string;
  readonly value: string;
  /** As the server wrote it, with its attributes. */
  readonly text: string;
}

export class Browser {
  #cookies: Cookie[] = [];

  /** Follows redirects as long as `goOn` says so; the page it stops at may be a redirect. */
  async open(
    url: string,
    goOn: (location: string) => boolean = () => true,
    form?: URLSearchParams,
  ): Promise<Page> {
    let next = url;
    let body = form;
    for (let hops = 0; hops < 10; hops++) {
      const page = await this.#request(next, body);
      const location = page.headers.get('location');
      if (location === null || page.status < 300 || page.status >= 400) return page;
      next = new URL(location, page.url).href;
      body = undefined;
      if (!goOn(next)) return page;
    }
    throw new Error(`too many redirects from ${url}`);
  }

  /** Fills in the one form of a page and sends it. */
  submit(page: Page, fields: Record<string, string>, goOn?: (location: string) => boolean): Promise<Page> {
    const action = /<form[^>]*\baction="([^"]*)"/.exec(page.body)?.[1];
    if (action === undefined)
      throw new Error(`no form at ${page.url}: ${page.status} ${page.body.slice(0, 2000)}`);
    const url = new URL(action.replaceAll('&amp;', '&'), page.url).href;
    return this.open(url, goOn, new URLSearchParams(fields));
  }

  /** The `Cookie` header of a request to this address. */
  cookiesFor(url: string): string {
    const { origin, pathname } = new URL(url);
    return this.#cookies
      .filter((cookie) => cookie.origin === origin && pathname.startsWith(cookie.path))
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
  }

  cookie(name: string): Cookie | undefined {
    return this.#cookies.find((cookie) => cookie.name === name);
  }

  async #request(url: string, form: URLSearchParams | undefined): Promise<Page> {
    const reply = await fetch(url, {
      method: form ? 'POST' : 'GET',
      headers: { cookie: this.cookiesFor(url), 'sec-fetch-site': 'none' },
      redirect: 'manual',
      ...(form && { body: form }),
    });
    for (const text of reply.headers.getSetCookie()) this.#keep(url, text);
    return { url, status: reply.status, headers: reply.headers, body: await reply.text() };
  }

  #keep(url: string, text: string): void {
    const [pair = '', ...attributes] = text.split(';').map((part) => part.trim());
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(name.length + 1);
    const attribute = (key: string) =>
      attributes.find((part) => part.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const { origin } = new URL(url);
    const path = attribute('path') ?? '/';
    this.#cookies = this.#cookies.filter(
      (cookie) => !(cookie.origin === origin && cookie.name === name && cookie.path === path),
    );
    if (attribute('max-age') !== '0') this.#cookies.push({ origin, path, name, value, text });
  }
}
