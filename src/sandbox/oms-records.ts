/** A change of stock as the OMS keeps it, as far as anybody reads it. Stamps are epoch milliseconds. */
export interface Variance {
  inventoryItemId: string;
  physicalInventoryId: string;
  varianceReasonId: string;
  availableToPromiseVar: number;
  quantityOnHandVar: number;
  comments: string;
  facilityId: string;
  idType: string;
  idValue: string;
  createdStamp: number;
  lastUpdatedStamp: number;
}

export type ImportStatus = 'SERVICE_RUNNING' | 'SERVICE_FINISHED' | 'SERVICE_FAILED';

/** One imported file, as the Data Manager logs it. */
export interface ImportLog {
  logId: string;
  configId: 'RESET_INVENTORY';
  statusId: ImportStatus;
  contentName: string;
  createdDate: number;
  startDateTime: number;
  finishDateTime: number | null;
  totalRecordCount: number;
  failedRecordCount: number;
  /** Name of the file of failed records in the error folder. */
  errorRecordContentId: string | null;
}

/** What the sandbox OMS remembers besides the levels. */
export class OmsRecords {
  readonly variances: Variance[] = [];
  readonly imports: ImportLog[] = [];

  addVariance(change: {
    facilityId: string;
    idType: string;
    idValue: string;
    quantity: number;
    varianceReasonId: string;
    comments: string;
    at: number;
  }): void {
    const { facilityId, idType, idValue, quantity, varianceReasonId, comments, at } = change;
    this.variances.push({
      inventoryItemId: `${facilityId}-${idValue}`,
      physicalInventoryId: String(10_000 + this.variances.length),
      varianceReasonId,
      availableToPromiseVar: quantity,
      quantityOnHandVar: quantity,
      comments,
      facilityId,
      idType,
      idValue,
      createdStamp: at,
      lastUpdatedStamp: at,
    });
  }
}
