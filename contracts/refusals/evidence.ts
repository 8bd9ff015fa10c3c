/** Why evidence is not taken, and the HTTP status that carries it. */
export const evidenceRefusals = {
  'evidence-protocol-unknown': { retry: false, status: 412 },
  'evidence-descriptor-malformed': { retry: false, status: 400 },
  'evidence-descriptor-differs': { retry: false, status: 409 },
  'evidence-upload-unknown': { retry: false, status: 404 },
  'evidence-offset-differs': { retry: true, status: 409 },
  'evidence-chunk-unaligned': { retry: false, status: 400 },
  'evidence-upload-busy': { retry: true, status: 423 },
  'evidence-upload-closed': { retry: false, status: 409 },
  'evidence-quota-exceeded': { retry: true, status: 429 },
  'evidence-storage-full': { retry: true, status: 507 },
  'evidence-unknown': { retry: false, status: 404 },
  'evidence-infected': { retry: false, status: 403 },
  'evidence-hash-mismatch': { retry: false, status: 409 },
  'evidence-records-malformed': { retry: false, status: 409 },
  'antivirus-absent': { retry: true, status: 503 },
  'antivirus-unreachable': { retry: true, status: 503 },
  'antivirus-answer-malformed': { retry: true, status: 503 },
  'antivirus-base-stale': { retry: true, status: 503 },
} as const;

export type EvidenceRefusalCode = keyof typeof evidenceRefusals;
