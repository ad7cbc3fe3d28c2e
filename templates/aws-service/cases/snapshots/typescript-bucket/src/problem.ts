/** Why a request was not answered as it wished: a status, and the text of `{"error": "…"}`. */
export class Problem extends Error {
  readonly statusCode: number;

  constructor(statusCode: number, message: string) {
    super(message);
    this.name = 'Problem';
    this.statusCode = statusCode;
  }

  /** The request makes no sense; the text says why, and is shown to the caller. */
  static invalid(why: string): Problem {
    return new Problem(400, why);
  }

  /** There is no such thing. */
  static notFound(): Problem {
    return new Problem(404, 'there is no such thing');
  }
}
